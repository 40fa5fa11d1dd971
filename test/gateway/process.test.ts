import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signatureOf } from '../../clients/http/signature';
import { startStubWorker, testEnv, uniqueServiceName } from '../clients/temporal/stub-worker';
import { waitUntil } from '../support/wait-until';
import { secret, serviceFileText } from './support';

const main = join(__dirname, '..', '..', 'dist', 'gateway', 'main.js');

interface GatewayProcess {
  child: ChildProcess;
  log: () => string;
  exit: Promise<number | null>;
}

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

function startGateway(env: NodeJS.ProcessEnv): GatewayProcess {
  const child = spawn(process.execPath, [main], { env: { ...env, FLEETSHIFT_GATEWAY_PORT: '0' } });
  started.push(child);
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, log: () => log, exit };
}

function servicesDir(service: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-services-'));
  writeFileSync(join(directory, `${service}.yml`), serviceFileText(service));
  return directory;
}

function urlOf(gateway: GatewayProcess): Promise<string> {
  return waitUntil('the gateway to listen', () => /"url":"([^"]+)"/.exec(gateway.log())?.[1] ?? '');
}

async function request(url: string, method: 'GET' | 'POST', path: string, body = '') {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = signatureOf({ secret, parts: { timestamp, method, path, body } });
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'x-fleetshift-timestamp': timestamp,
      'x-fleetshift-signature': `sha256=${digest}`,
    },
    ...(method === 'POST' ? { body } : {}),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

test('a webhook sent twice is one deployment, whose progress can be read; SIGTERM ends the gateway in order', async () => {
  const env = testEnv();
  const worker = await startStubWorker(env.FLEETSHIFT_TASK_QUEUE);
  const service = uniqueServiceName();
  const gateway = startGateway({
    ...env,
    FLEETSHIFT_SERVICES_DIR: servicesDir(service),
    FLEETSHIFT_WEBHOOK_SECRET: secret,
  });
  const url = await urlOf(gateway);
  const path = `/v1/services/${service}/deployments`;
  const body = '{"image":"ami-stay","by":"ci","idempotencyKey":"build-7"}';
  const first = await request(url, 'POST', path, body);
  const second = await request(url, 'POST', path, body);
  expect(first).toMatchObject({ status: 202, json: { number: 1, repeated: false } });
  expect(second).toEqual({ status: 202, json: { ...first.json, repeated: true } });

  const busy = await request(url, 'POST', path, '{"image":"ami-stay"}');
  expect(busy).toMatchObject({ status: 409, json: { error: { code: 'busy' } } });
  expect(JSON.stringify(busy.json)).toContain(first.json['id']);

  const progress = await request(url, 'GET', String(first.json['status']));
  expect(progress).toMatchObject({ status: 200, json: { service, phase: 'shift', requestedBy: 'ci', result: null } });

  gateway.child.kill('SIGTERM');
  expect(await gateway.exit).toBe(0);
  expect(gateway.log()).toContain('stopped');
  expect(gateway.log()).not.toContain(secret);
  await worker.stop();
});

test('a gateway comes up before Temporal does, and says 503 until then', async () => {
  const service = uniqueServiceName();
  const gateway = startGateway({
    ...testEnv(),
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    FLEETSHIFT_SERVICES_DIR: servicesDir(service),
    FLEETSHIFT_WEBHOOK_SECRET: secret,
  });
  const url = await urlOf(gateway);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const answer = await request(url, 'POST', `/v1/services/${service}/deployments`, '{"image":"ami-1"}');
  expect(answer).toMatchObject({ status: 503, json: { error: { code: 'temporal-unavailable' } } });
});

test('a gateway that is set up wrongly says all of it and does not start', async () => {
  const directory = servicesDir('web');
  writeFileSync(join(directory, 'api.yml'), 'service: api\n');
  const secretless = startGateway({ ...testEnv(), FLEETSHIFT_SERVICES_DIR: '/nowhere' });
  expect(await secretless.exit).toBe(2);
  expect(secretless.log()).toMatch(/cannot start:\n.*FLEETSHIFT_SERVICES_DIR.*\n.*FLEETSHIFT_WEBHOOK_SECRET/);

  const broken = startGateway({
    ...testEnv(),
    FLEETSHIFT_SERVICES_DIR: directory,
    FLEETSHIFT_WEBHOOK_SECRET: secret,
  });
  expect(await broken.exit).toBe(2);
  expect(broken.log()).toContain(`${join(directory, 'api.yml')}: region`);
});
