/** After the decision: what may still be asked of the fleet that goes, and who may write on its routes. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { controlDeployment } from '../../clients/temporal/control-deployment';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { startTemporal, type TemporalServer } from '../../dev/temporal/start-temporal';
import { drainIdOf } from '../../domain/deployment';
import { waitUntil } from '../support/wait-until';
import { deploy, progressOf, resultOf, serviceFile, untilProgress, untilShare } from '../e2e/support/deployments';
import { askDrain, drainHandle, drainResultOf, noticesOf, untilDrain } from '../e2e/support/drains';
import { breachesOf } from '../e2e/support/ledger';
import { openStage, type Stage } from '../e2e/support/stage';
import { imagesOf, viewOf } from '../e2e/support/view';
import { images } from '../e2e/support/world';

const eventsPerRun = 40;

let temporal: TemporalServer;
let directory: string;
let stage: Stage;
/** On a Temporal server that wants every history to end after few events: drains are handed from run to run there. */
let renewing: Stage;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetshift-drain-'));
  temporal = await startTemporal({
    cliPath: await cliPath(),
    ui: false,
    logPath: join(directory, 'temporal.log'),
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': String(eventsPerRun) },
  });
  [stage, renewing] = await Promise.all([
    openStage([{ name: 'next' }, { name: 'again' }, { name: 'refused' }], {}, 'virtual'),
    openStage([{ name: 'stay' }], { TEMPORAL_ADDRESS: temporal.address }, 'virtual'),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([stage.stop(), renewing.stop()]);
  await temporal.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

function cliPath(): Promise<string> {
  return ensureTemporalCli({ log: (line) => process.stderr.write(`[temporal] ${line}\n`) });
}

/** The run that ended it: whether another one handed over to it, and how long its history became. */
async function lastRunOf(deploymentId: string): Promise<{ continued: boolean; events: number }> {
  const { events = [] } = await drainHandle(renewing, deploymentId).fetchHistory();
  const from = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  return { continued: Boolean(from), events: events?.length ?? 0 };
}

test.concurrent(
  'a pause stretches the keep, a promote ends it, and from then on a rollback brings back the version before by a deployment',
  async () => {
    const id = await deploy(renewing, serviceFile('stay', { keep: '5s' }), images.good);
    expect(await resultOf(renewing, id)).toMatchObject({ outcome: 'succeeded', previousImageId: images.v1 });
    expect(await askDrain(renewing, id, 'pause', { by: 'ada' })).toMatchObject({ kind: 'taken' });
    const { keepUntilMs } = await untilDrain(renewing, id, 'the pause', (progress) => progress.pause !== null);
    expect(await askDrain(renewing, id, 'abort')).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('rollback') as string,
    });
    expect(await askDrain(renewing, id, 'promote')).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('resume') as string,
    });
    await drainHandle(renewing, id).cancel();
    await untilDrain(renewing, id, 'the warning', (progress) => noticesOf(progress).includes('the cancel is ignored'));
    await waitUntil('the time of the keep to pass', () => Date.now() > keepUntilMs + 500);
    await untilDrain(renewing, id, 'the keep to go on', (progress) => progress.phase === 'keep');
    const stretched = await askDrain(renewing, id, 'resume');
    expect((stretched.state as { keepUntilMs: number }).keepUntilMs).toBeGreaterThan(keepUntilMs + 500);
    expect(await askDrain(renewing, id, 'promote')).toMatchObject({ kind: 'taken' });
    await untilDrain(renewing, id, 'old to be let go', (progress) => progress.phase !== 'keep');
    const again = await rolledBackByHand(id);
    expect(await resultOf(renewing, again)).toMatchObject({
      ...{ outcome: 'succeeded', revision: { imageId: images.v1 }, previousImageId: images.good, repairs: [] },
    });
    expect(await drainResultOf(renewing, id)).toMatchObject({ ending: 'scaled-to-zero', repairs: [] });
    const last = await lastRunOf(id);
    expect(last).toMatchObject({ continued: true });
    // What is asked and done between two looks may come on top.
    expect(last.events).toBeLessThan(2 * eventsPerRun);
    const { groups, routes } = await viewOf(renewing, 'stay');
    expect(groups.find(({ name }) => name === 'stay-v1')).toMatchObject({ min: 0, desired: 0, servers: 0 });
    expect(routes.map((weights) => Object.keys(weights).includes('stay'))).toEqual([false]);
    const live = (await progressOf(renewing, again)).newFleet?.groupName ?? '';
    expect(await imagesOf(renewing, live)).toEqual([images.v1]);
    expect(routes).toEqual([expect.objectContaining({ [`stay-${live.split('-').at(-1)}-1`]: 100 })]);
    // The drain has ended by now, so that this is answered from what it left behind.
    const asked = { temporal: renewing.temporal, id, verb: 'rollback', request: { idempotencyKey: 'later' } } as const;
    expect(await controlDeployment(asked)).toMatchObject({ kind: 'already', id: drainIdOf(id), deploymentId: again });
  },
  180_000,
);

/**
 * Asked for by a signal of the official command line once old is no longer kept, and then by an update: answers the
 * deployment that both are.
 */
async function rolledBackByHand(id: string): Promise<string> {
  const { address } = renewing.temporal.settings;
  const drain = ['--address', address, '--workflow-id', drainIdOf(id), '--name', 'rollback'];
  await promisify(execFile)(await cliPath(), [
    'workflow',
    'signal',
    ...drain,
    '--input',
    '{"by":"ada","reason":"odd"}',
  ]);
  await untilDrain(renewing, id, 'the answer', (progress) => noticesOf(progress).includes('rollback taken'));
  const { kind, deploymentId: again = '' } = await askDrain(renewing, id, 'rollback', { by: 'bob' });
  expect(kind).toBe('already');
  expect(await progressOf(renewing, again)).toMatchObject({
    ...{ number: 2, requestedBy: 'ada', reason: `rollback of #1 (${id}): odd` },
  });
  return again;
}

test.concurrent(
  'while the next deployment holds the routes, the drain waits, says for whom, and refuses the way back',
  async () => {
    const first = await deploy(stage, serviceFile('next', { keep: '1h' }), images.good);
    expect(await resultOf(stage, first)).toMatchObject({ outcome: 'succeeded' });
    const second = await deploy(stage, serviceFile('next'), images.v1);
    await untilShare(stage, second, 20);
    await stage.temporal.client.workflow.getHandle(second).signal('pause');
    // Old is kept as it is; the way back is the next deployment's to give up.
    const asked = await askDrain(stage, first, 'rollback', { by: 'ada' });
    expect(asked).toMatchObject({ kind: 'refused', text: expect.stringContaining(second) as string });
    await askDrain(stage, first, 'promote');
    await untilDrain(stage, first, 'it to wait', (progress) =>
      noticesOf(progress).includes(`waiting: ${second} holds`),
    );
    expect((await viewOf(stage, 'next')).routes[0]).toHaveProperty('next', 0);
    await stage.temporal.client.workflow.getHandle(second).signal('abort');
    expect(await resultOf(stage, second)).toMatchObject({ outcome: 'aborted', repairs: [] });
    expect(await drainResultOf(stage, first)).toMatchObject({ ending: 'scaled-to-zero', repairs: [] });
    expect((await viewOf(stage, 'next')).routes[0]).not.toHaveProperty('next');
    expect(await breachesOf(stage, 'next')).toEqual([]);
  },
  120_000,
);

test.concurrent(
  'old is kept for its way back through a next deployment that fails, and until the one that succeeds',
  async () => {
    const first = await deploy(stage, serviceFile('again', { keep: '1h' }), images.good);
    expect(await resultOf(stage, first)).toMatchObject({ outcome: 'succeeded' });
    const second = await deploy(stage, serviceFile('again'), images.bad);
    expect(await resultOf(stage, second)).toMatchObject({ outcome: 'rolled-back', repairs: [] });
    const kept = await untilDrain(stage, first, 'an answer', () => true);
    expect(kept).toMatchObject({ phase: 'keep', late: false });
    const third = await deploy(stage, serviceFile('again'), images.v1);
    expect(await resultOf(stage, third)).toMatchObject({ outcome: 'succeeded', repairs: [] });
    expect(await drainResultOf(stage, first)).toMatchObject({ ending: 'scaled-to-zero', repairs: [] });
    const ended = await untilDrain(stage, first, 'an answer', () => true);
    expect(noticesOf(ended)).toContain(`${third} has succeeded`);
    expect(await breachesOf(stage, 'again')).toEqual([]);
  },
  150_000,
);

test.concurrent(
  'a route that refuses the write of a drain is let go in between, and the drain goes on when it is mended',
  async () => {
    const service = serviceFile('refused', { limits: { readBack: '6s' } });
    const id = await deploy(stage, service, images.good);
    await untilProgress(stage, id, 'the bake', (progress) => progress.phase === 'bake');
    // The bake ends with the last write of the deployment; the next is the drain's.
    const fault = { operation: 'ModifyListener', inputContains: '/refused/', skip: 1, times: 'always' } as const;
    const { id: faultId } = await stage.sandbox.admin.addFault({ ...fault, kind: 'error-500' });
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
    const said = 'not done yet';
    const { late } = await untilDrain(stage, id, 'the pause', (progress) => noticesOf(progress).includes(said));
    expect(late).toBe(true);
    await stage.sandbox.admin.removeFaults(faultId);
    expect(await drainResultOf(stage, id)).toMatchObject({ ending: 'scaled-to-zero', repairs: [] });
    expect(await breachesOf(stage, 'refused')).toEqual([]);
  },
  120_000,
);
