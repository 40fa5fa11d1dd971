/** Every way to start a worker wrongly ends at once, with exit code 2 and a sentence that says what to do. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compiled } from '../../dev/project';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { startSandbox, type Sandbox } from '../../sandbox/start';
import { waitUntil } from '../support/wait-until';
import { startWorkerProcess } from '../support/worker-process';

let sandbox: Sandbox;
let directory: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  sandbox = await startSandbox({ world: { groups: [] } });
  directory = mkdtempSync(join(tmpdir(), 'fleetshift-worker-'));
  env = {
    PATH: process.env['PATH'],
    HOME: directory,
    TEMPORAL_ADDRESS: process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'],
    FLEETSHIFT_TASK_QUEUE: 'start-test',
    FLEETSHIFT_HEALTH_PORT: '0',
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
}, 60_000);

afterAll(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
});

async function startWrongly(change: NodeJS.ProcessEnv): Promise<string> {
  const run = promisify(execFile)(process.execPath, [compiled('worker/main.js')], {
    env: { ...env, ...change },
    timeout: 60_000,
  });
  const failure = await run.then(
    () => ({ code: 0, stderr: 'it started' }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(failure.stderr).not.toMatch(/\n\s+at /);
  expect({ code: failure.code, stderr: failure.stderr }).toMatchObject({ code: 2 });
  return failure.stderr;
}

test('an unreachable Temporal is named with its address', async () => {
  expect(await startWrongly({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).toContain('127.0.0.1:1');
});

test('a namespace that does not exist is named', async () => {
  expect(await startWrongly({ TEMPORAL_NAMESPACE: 'nowhere' })).toContain('nowhere');
});

test('search attributes that are not registered are named, with the commands that register them', async () => {
  const namespace = `bare-${Date.now()}`;
  const cliPath = await ensureTemporalCli({ log: () => undefined });
  const address = env['TEMPORAL_ADDRESS'] ?? '';
  await promisify(execFile)(cliPath, [
    'operator',
    'namespace',
    'create',
    '--namespace',
    namespace,
    '--address',
    address,
  ]);
  const told = await waitUntil('the namespace to be known', async () => {
    const text = await startWrongly({ TEMPORAL_NAMESPACE: namespace });
    return text.includes('search-attribute create') ? text : null;
  });
  expect(told).toContain(`--namespace ${namespace} --name FleetshiftService --type Keyword`);
}, 60_000);

test('missing and wrong credentials are told', async () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
  expect(await startWrongly(none)).toContain('give the worker valid AWS credentials');
  expect(await startWrongly({ AWS_ACCESS_KEY_ID: 'INVALID' })).toContain('give the worker valid AWS credentials');
}, 60_000);

test('wrong settings are named by variable, or by file and key', async () => {
  expect(await startWrongly({ FLEETSHIFT_HEARTBEAT_TIMEOUT: 'soon' })).toContain(
    'FLEETSHIFT_HEARTBEAT_TIMEOUT: expected a duration',
  );
  const shortSecret = await startWrongly({ FLEETSHIFT_NOTIFY_SECRET: 'not-long' });
  expect(shortSecret).toContain('FLEETSHIFT_NOTIFY_SECRET: expected at least 32 characters');
  expect(shortSecret).not.toContain('not-long');
  const file = join(directory, 'worker.yml');
  writeFileSync(file, 'activitySlots: many\ncolour: green\n');
  const told = await startWrongly({ FLEETSHIFT_WORKER_FILE: file });
  expect(told).toContain(`${file}: activitySlots: expected a whole number`);
  expect(told).toContain('colour: is not a known setting');
  expect(await startWrongly({ FLEETSHIFT_WORKER_FILE: '/nowhere/worker.yml' })).toContain(
    '/nowhere/worker.yml cannot be read',
  );
});

test('a health port that is taken is told', async () => {
  const taken = new URL(sandbox.url).port;
  expect(await startWrongly({ FLEETSHIFT_HEALTH_PORT: taken })).toContain(`127.0.0.1:${taken}`);
});

test('SIGTERM ends a healthy worker in order, with exit code 0', async () => {
  const worker = await startWorkerProcess(env, join(directory, 'worker.log'));
  worker.signal('SIGTERM');
  expect(await worker.ended).toBe('code 0');
  expect(worker.lastLines(5)).toContain('stopped');
});
