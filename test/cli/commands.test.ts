import { connect } from '../../clients/temporal/connection';
import { waitUntil } from '../support/wait-until';
import { startStubWorker, testEnv, uniqueServiceName } from '../clients/temporal/stub-worker';
import { cli, fileWith, startCli } from './support';

const env = testEnv();
let worker: { stop(): Promise<void> };
beforeAll(async () => {
  worker = await startStubWorker(env.FLEETSHIFT_TASK_QUEUE);
});
afterAll(() => worker.stop());

function serviceFile(service = uniqueServiceName()): string {
  return fileWith(`${service}.yml`, `service: ${service}\nregion: eu-west-1\nsource: { group: ${service}-v1 }\n`);
}

async function deployed(file: string, image = 'ami-stay'): Promise<string> {
  const { out } = await cli(['deploy', file, '--image', image, '--json'], env);
  return (JSON.parse(out) as { deploymentId: string }).deploymentId;
}

/** One that has ended well and left a drain behind. */
async function succeeded(file: string): Promise<{ id: string; drain: string }> {
  const id = await deployed(file);
  await cli(['promote', id], env);
  expect((await cli(['status', id, '--watch'], env)).exitCode).toBe(0);
  return { id, drain: id.replace(/^deploy/, 'drain') };
}

test('deploy says what has begun and how to watch it', async () => {
  const { exitCode, out, err } = await cli(['deploy', serviceFile(), '--image', 'ami-stay'], env);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/#1 has begun: (deploy:\S+)\nwatch it with: fleetshift status \1 --watch\n/);
});

test('the same key twice is one deployment, and the second answer says so', async () => {
  const args = ['deploy', serviceFile(), '--image', 'ami-stay', '--key', 'build-7'];
  const first = await cli([...args, '--json'], env);
  const second = await cli(args, env);
  expect(second.exitCode).toBe(0);
  expect(second.out).toContain('is the one this key was used for before');
  expect(second.out).toContain((JSON.parse(first.out) as { deploymentId: string }).deploymentId);
});

test('a busy service is exit code 2 and names the holder', async () => {
  const file = serviceFile();
  const holder = await deployed(file);
  const { exitCode, err } = await cli(['deploy', file, '--image', 'ami-stay'], env);
  expect(exitCode).toBe(2);
  expect(err).toContain(holder);
});

test('waiting ends with 0 for a success and shows it line by line in a pipe', async () => {
  const { exitCode, out } = await cli(['deploy', serviceFile(), '--image', 'ami-succeed', '--wait'], env);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^succeeded after /m);
  expect(out).not.toContain('\x1b');
});

test('waiting ends with 1 for an abort, and --json prints exactly one object', async () => {
  const file = serviceFile();
  const id = await deployed(file);
  const watching = startCli(['status', id, '--watch', '--json'], env);
  expect((await cli(['abort', id, '--reason', 'enough'], env)).exitCode).toBe(0);
  const { exitCode, out } = await watching.ended;
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ deploymentId: id, result: { outcome: 'aborted' } });
  expect((await cli(['status', id], env)).exitCode).toBe(1);
});

test('one that ended without a result needs attention: 3', async () => {
  const { exitCode, out } = await cli(['deploy', serviceFile(), '--image', 'ami-fail', '--wait'], env);
  expect(exitCode).toBe(3);
  expect(out).toContain('broken on purpose');
});

test('Ctrl-C while watching leaves the deployment running and says how to look again', async () => {
  const id = await deployed(serviceFile());
  const watching = startCli(['status', id, '--watch'], env, { columns: 80 });
  await waitUntil('the first screen', () => watching.out().includes('▸ shift'));
  watching.interrupt();
  const { exitCode, err, out } = await watching.ended;
  expect(exitCode).toBe(130);
  expect(err).toContain(`fleetshift status ${id} --watch`);
  expect(out).toContain('\x1b[J');
  expect(JSON.parse((await cli(['status', id, '--json'], env)).out)).toMatchObject({ result: null });
});

test('NO_COLOR keeps colours from a terminal too', async () => {
  const id = await deployed(serviceFile());
  const coloured = await startCli(['status', id], env, { columns: 80 }).ended;
  const plain = await startCli(['status', id], { ...env, NO_COLOR: '1' }, { columns: 80 }).ended;
  expect(coloured.out).toContain('\x1b[');
  expect(plain.out).not.toContain('\x1b[');
});

test('list shows the deployments of a service, in text and as JSON', async () => {
  const service = uniqueServiceName();
  const id = await deployed(serviceFile(service));
  const listed = () => cli(['list', '--service', service], env);
  const { out } = await waitUntil('it in the list', listed, { until: (run) => run.out.includes(id) });
  expect(out).toContain(`${service}.production.eu-west-1 #1  ami-stay`);
  expect(out).toContain('by tester');
  const json = await cli(['list', '--service', service, '--json'], env);
  expect(JSON.parse(json.out)).toMatchObject({ deployments: [{ deploymentId: id, number: 1 }] });
});

test.each(['status', 'pause', 'resume', 'promote', 'abort', 'rollback'])(
  '%s of an unknown id is exit code 2',
  async (command) => {
    const { exitCode, err } = await cli([command, 'deploy:web.production.eu-west-1:none'], env);
    expect(exitCode).toBe(2);
    expect(err).toContain('there is no deployment deploy:web.production.eu-west-1:none');
  },
);

test('a verb that is taken says what happens now; one that is so already says that, and both are no failure', async () => {
  const id = await deployed(serviceFile());
  const first = await cli(['pause', id, '--by', 'ann', '--reason', 'lunch'], env);
  expect(first).toEqual({ exitCode: 0, err: '', out: `pause taken by ${id}: it stops before its next change\n` });
  const second = await cli(['pause', id], env);
  expect(second).toEqual({ exitCode: 0, err: '', out: `nothing to pause at ${id}: it is paused\n` });
  const seen = JSON.parse((await cli(['status', id, '--json'], env)).out) as unknown;
  expect(seen).toMatchObject({ pause: { by: 'ann', reason: 'lunch' }, requests: [{ by: 'ann' }, { by: 'tester' }] });
});

test('a verb that is refused says why on stderr and is exit code 2, also with --json', async () => {
  const id = await deployed(serviceFile());
  await cli(['pause', id], env);
  const refused = `fleetshift: ${id} refuses to promote: it is paused: resume it first\n`;
  expect(await cli(['promote', id], env)).toEqual({ exitCode: 2, err: refused, out: '' });
  const json = await cli(['promote', id, '--json'], env);
  expect(json).toMatchObject({ exitCode: 2, err: refused });
  expect(JSON.parse(json.out)).toMatchObject({ verb: 'promote', kind: 'refused', state: { deploymentId: id } });
});

test('the same key twice counts once: a repeated promote passes no second step', async () => {
  const id = await deployed(serviceFile());
  await cli(['pause', id, '--key', 'k'], env);
  await cli(['resume', id], env);
  await cli(['pause', id, '--key', 'k'], env);
  expect(JSON.parse((await cli(['status', id, '--json'], env)).out)).toMatchObject({ pause: null });
});

test('promote --full asks for all that is left', async () => {
  const id = await deployed(serviceFile());
  expect(await cli(['promote', id, '--full'], env)).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('the steps that are left are passed') as string,
  });
  expect((await cli(['pause', id, '--full'], env)).err).toContain("unknown option '--full'");
});

test('a rollback after the success is taken by the drain; a late promote is refused and names it', async () => {
  const { id, drain } = await succeeded(serviceFile());
  const late = await cli(['promote', id], env);
  expect(late.exitCode).toBe(2);
  expect(late.err).toContain(`${id} has already ended (succeeded)`);
  expect(late.err).toContain(`fleetshift promote ${drain}`);
  expect(await cli(['rollback', id], env)).toEqual({
    exitCode: 0,
    err: '',
    out: `rollback taken by ${drain}: the traffic goes back to the old fleet\n`,
  });
});

test('a rollback for which old is gone says by which deployment what ran before is brought back, also when asked twice', async () => {
  const { id, drain } = await succeeded(serviceFile());
  await cli(['promote', drain], env);
  await cli(['status', drain, '--watch'], env);
  const first = await cli(['rollback', id, '--reason', 'slow carts'], env);
  expect(first).toMatchObject({ exitCode: 0, err: '' });
  expect(first.out).toMatch(
    /^rollback taken by drain:\S+: ami-0before is deployed again by #2, (deploy:\S+)\nwatch it with: fleetshift status \1 --watch\n$/,
  );
  const again = await cli(['rollback', drain, '--json'], env);
  expect(again.exitCode).toBe(0);
  const { deploymentId, ...rest } = JSON.parse(again.out) as { deploymentId: string };
  expect(rest).toMatchObject({ verb: 'rollback', kind: 'already', id: drain, state: null });
  expect(first.out).toContain(deploymentId);
  const shown = JSON.parse((await cli(['status', deploymentId, '--json'], env)).out) as unknown;
  expect(shown).toMatchObject({ requestedBy: 'tester', reason: `rollback of #1 (${id}): slow carts` });
});

test('a rollback of a drain that was terminated is refused, and names the way to recover', async () => {
  const { id, drain } = await succeeded(serviceFile());
  const temporal = await connect({ env });
  await temporal.client.workflow.getHandle(drain).terminate('wrong button');
  await temporal.close();
  const { exitCode, err } = await cli(['rollback', id], env);
  expect(exitCode).toBe(2);
  expect(err).toContain('fleetshift recover');
});

test('status shows the drain: with its deployment, by its own id, and to its end', async () => {
  const { id, drain } = await succeeded(serviceFile());
  expect((await cli(['deploy', serviceFile(), '--image', 'ami-succeed', '--wait'], env)).out).not.toContain('drain:');
  for (const command of [
    ['status', id],
    ['status', drain],
  ])
    expect(await cli(command, env)).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/kept for an instant way back until .*: fleetshift rollback deploy:/) as string,
    });
  const json = JSON.parse((await cli(['status', id, '--json'], env)).out) as unknown;
  expect(json).toMatchObject({ deploymentId: id, drain: { drainId: drain, phase: 'keep', result: null } });
  const watching = startCli(['status', drain, '--watch'], env);
  await waitUntil('the first look', () => watching.out().includes(drain));
  await cli(['rollback', id, '--reason', 'too slow'], env);
  const { exitCode, out } = await watching.ended;
  expect(exitCode).toBe(1);
  expect(out).toContain('rollback by tester: too slow');
  expect(out).toContain('old fleet: rolled-back');
});

test('pausing one that has ended is refused with its outcome', async () => {
  const file = serviceFile();
  await cli(['deploy', file, '--image', 'ami-succeed', '--wait', '--key', 'k'], env);
  const { out } = await cli(['deploy', file, '--image', 'ami-succeed', '--key', 'k', '--json'], env);
  const { deploymentId } = JSON.parse(out) as { deploymentId: string };
  const { exitCode, err } = await cli(['pause', deploymentId], env);
  expect(exitCode).toBe(2);
  expect(err).toContain('already ended (succeeded)');
});

test('deploy --hotfix reaches the deployment', async () => {
  const { out } = await cli(['deploy', serviceFile(), '--image', 'ami-stay', '--hotfix', '--json'], env);
  const { deploymentId } = JSON.parse(out) as { deploymentId: string };
  expect(JSON.parse((await cli(['status', deploymentId, '--json'], env)).out)).toMatchObject({ warnings: ['hotfix'] });
});
