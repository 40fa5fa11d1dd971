/** Gateway and command line as real processes in front of a real worker. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { createGatewayClient, type GatewayClient } from '../../dev/gateway-client';
import { Child } from '../../dev/processes/child';
import { freePort } from '../../dev/processes/free-port';
import { compiled, projectRoot } from '../../dev/project';
import type { DeploymentProgress } from '../../domain/deployment';
import { waitUntil } from '../support/wait-until';
import { fileSections, resultOf } from './support/deployments';
import { ledgerOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { images } from './support/world';

const secret = 'a-secret-of-at-least-thirty-two-characters';
let stage: Stage;
let directory: string;
let gateway: Child;
let url: string;
let client: GatewayClient;

beforeAll(async () => {
  stage = await openStage([{ name: 'hook' }, { name: 'line' }]);
  directory = mkdtempSync(join(tmpdir(), 'fleetshift-trigger-'));
  for (const name of ['hook', 'line']) writeFileSync(fileOf(name), stringify(fileSections(name)));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  gateway = await Child.start({
    name: 'gateway',
    command: process.execPath,
    args: [compiled('gateway/main.js')],
    env: {
      ...stage.env,
      FLEETSHIFT_GATEWAY_PORT: String(port),
      FLEETSHIFT_SERVICES_DIR: directory,
      FLEETSHIFT_WEBHOOK_SECRET: secret,
    },
    logPath: join(directory, 'gateway.log'),
  });
  client = createGatewayClient({ url, secret });
  await waitUntil('the gateway to answer', async () => (await fetch(`${url}/healthz`)).status === 200);
}, 120_000);

afterAll(async () => {
  await gateway.stop();
  await stage.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

function fileOf(name: string): string {
  return join(directory, `${name}.yml`);
}

async function fleetshift(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const run = promisify(execFile)(join(projectRoot, 'bin', 'fleetshift'), args, { env: stage.env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout,
      err: error.stderr,
    }),
  );
}

test.concurrent(
  'a signed webhook deploys; the same one again is the same deployment; a forged one begins nothing',
  async () => {
    const load = await stage.startLoad('hook');
    const forged = createGatewayClient({ url, secret: 'another-secret-of-thirty-two-characters' });
    await expect(forged.deploy('hook', { image: images.good })).rejects.toThrow('401');
    const request = { image: images.good, by: 'ci', reason: 'release 2', idempotencyKey: 'release-2' };
    const id = await client.deploy('hook', request);
    expect(await client.deploy('hook', request)).toBe(id);
    await expect(client.deploy('hook', { image: images.bad })).rejects.toThrow('409');
    expect(await client.progress(id)).toMatchObject({
      deploymentId: id,
      number: 1,
      requestedBy: 'ci',
      reason: 'release 2',
    });
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
    expect(await client.progress(id)).toMatchObject({ phase: 'decided', result: { outcome: 'succeeded' } });
    expect(await load.stop()).toMatchObject({ failures: [] });
  },
  90_000,
);

test.concurrent(
  'the command waits and its exit code tells the outcome: 1 rolled back with the numbers, 2 refused, 0 succeeded',
  async () => {
    const load = await stage.startLoad('line');
    const bad = await fleetshift('deploy', fileOf('line'), '--image', images.bad, '--wait', '--json');
    expect(bad).toMatchObject({ code: 1, err: '' });
    expect((JSON.parse(bad.out) as DeploymentProgress).result).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringMatching(/\d+ of \d+/) as string,
    });
    const before = (await ledgerOf(stage, 'line')).length;
    expect(await fleetshift('deploy', fileOf('line'), '--image', 'ami-unknown', '--wait')).toMatchObject({
      code: 2,
      out: expect.stringContaining('image ami-unknown does not exist') as string,
    });
    expect((await ledgerOf(stage, 'line')).length).toBe(before);
    expect(await fleetshift('deploy', fileOf('line'), '--image', images.good, '--wait')).toMatchObject({
      code: 0,
      err: '',
    });
    const list = await fleetshift('list', '--json');
    expect((JSON.parse(list.out) as { deployments: unknown[] }).deployments.length).toBeGreaterThanOrEqual(3);
    await load.stop();
  },
  150_000,
);

test.concurrent('a mistake in the service file is answered with its path and nothing begins', async () => {
  writeFileSync(fileOf('broken'), stringify({ ...fileSections('broken'), bake: 'soon', colour: 'green' }));
  const answer = await fleetshift('deploy', fileOf('broken'), '--image', images.good);
  expect(answer.code).toBe(2);
  expect(answer.err).toContain('bake');
  expect(answer.err).toContain('colour');
  expect(answer.err).not.toMatch(/\n\s+at /);
  rmSync(fileOf('broken'));
});
