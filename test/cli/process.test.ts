import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testEnv } from '../clients/temporal/stub-worker';
import { waitUntil } from '../support/wait-until';
import { fileWith } from './support';

const root = join(__dirname, '..', '..');
const program = join(root, 'bin', 'fleetshift');

function execute(path: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ exitCode: unknown; out: string; err: string }>((resolve) => {
    execFile(path, args, { env: { PATH: process.env['PATH'], ...env } }, (error, out, err) =>
      resolve({ exitCode: error === null ? 0 : error.code, out, err }),
    );
  });
}

test('the program refuses a broken file with exit code 2 and one line', async () => {
  const path = fileWith('web.yml', 'service: web\nregion: eu-west-1\nsource: { group: g }\nbake: soon\n');
  const { exitCode, err } = await execute(program, ['deploy', path, '--image', 'ami-1'], testEnv());
  expect(exitCode).toBe(2);
  expect(err).toMatch(/^fleetshift: \S+web\.yml: bake: expected a duration.*\n$/);
});

test('a checkout that was never built says how to build it', async () => {
  const copy = join(mkdtempSync(join(tmpdir(), 'fleetshift-bin-')), 'bin', 'fleetshift');
  cpSync(program, copy);
  const { exitCode, err } = await execute(copy, ['list']);
  expect(exitCode).toBe(2);
  expect(err).toContain('npm run build');
});

test('"gateway" hands its signal on and ends with the exit code of the process it runs', async () => {
  const services = join(fileWith('web.yml', 'service: web\nregion: eu-west-1\nsource: { group: g }\n'), '..');
  const env = {
    ...testEnv(),
    PATH: process.env['PATH'],
    FLEETSHIFT_SERVICES_DIR: services,
    FLEETSHIFT_WEBHOOK_SECRET: 's'.repeat(32),
    FLEETSHIFT_GATEWAY_PORT: '0',
  };
  const child = spawn(program, ['gateway'], { env });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  await waitUntil('the gateway to be ready', () => log.includes('gateway is ready'));
  child.kill('SIGTERM');
  expect(await exit).toBe(0);

  const refused = await execute(program, ['gateway'], { ...env, FLEETSHIFT_WEBHOOK_SECRET: '' });
  expect(refused).toMatchObject({ exitCode: 2, err: expect.stringContaining('FLEETSHIFT_WEBHOOK_SECRET') as string });
});
