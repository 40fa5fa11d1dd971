/** Real servers under load, while somebody steers the deployment, edits its weights or kills its worker. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { deploy, resultOf, serviceFile, untilProgress, untilShare } from './support/deployments';
import { breachesOf, countOf, ledgerOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { editWeights, viewOf } from './support/view';
import { images } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage([{ name: 'halt' }, { name: 'stop' }, { name: 'kill' }, { name: 'hand' }]);
}, 120_000);

afterAll(() => stage.stop(), 60_000);

/** The official command line, as an operator would use it. */
async function temporalCli(...args: string[]): Promise<void> {
  const cliPath = await ensureTemporalCli({ log: () => undefined });
  await promisify(execFile)(cliPath, [...args, '--address', stage.temporal.settings.address]);
}

test.concurrent(
  'a pause holds the split until resumed, even when its payload is garbage',
  async () => {
    const load = await stage.startLoad('halt');
    const id = await deploy(stage, serviceFile('halt'), images.good);
    await untilShare(stage, id, 20);
    // Typed by a person, without quotes and with the wrong encoding: no converter can read this.
    const broken = ['--input', 'maintenance', '--input-meta', 'encoding=text/plain'];
    await temporalCli('workflow', 'signal', '--workflow-id', id, '--name', 'pause', ...broken);
    const paused = await untilProgress(stage, id, 'the pause', (progress) => progress.pause !== null);
    expect(paused.notices.map((notice) => notice.text).join('\n')).toContain('could not be read');
    // The step's own time is long over once the judge has folded this many periods.
    const held = await untilProgress(stage, id, 'the judge to go on', (progress) => (progress.judge?.rows ?? 0) >= 8);
    expect(held).toMatchObject({ phase: 'shift', split: { newPercent: 20 } });
    await temporalCli('workflow', 'signal', '--workflow-id', id, '--name', 'resume', '--input', '{"by":"ada"}');
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
    expect(await load.stop()).toMatchObject({ failures: [] });
  },
  120_000,
);

test.concurrent(
  'an abort during the shift puts everything back without a failed request',
  async () => {
    const load = await stage.startLoad('stop');
    const before = await viewOf(stage, 'stop');
    const id = await deploy(stage, serviceFile('stop'), images.good);
    await untilShare(stage, id, 20);
    await stage.temporal.client.workflow.getHandle(id).signal('abort', { by: 'ada', reason: 'wrong one' });
    expect(await resultOf(stage, id)).toMatchObject({
      outcome: 'aborted',
      reason: 'aborted by ada: wrong one',
      repairs: [],
    });
    expect(await load.stop()).toMatchObject({ failures: [] });
    const after = await viewOf(stage, 'stop');
    expect({ ...after, routes: [] }).toEqual({ ...before, routes: [] });
    expect(after.routes).toEqual([{ stop: 100 }]);
  },
  90_000,
);

test.concurrent(
  'weights that somebody else wrote are held, told and not overwritten, until they are as written again',
  async () => {
    const load = await stage.startLoad('hand');
    const id = await deploy(stage, serviceFile('hand'), images.good);
    await untilShare(stage, id, 20);
    const [route] = (await viewOf(stage, 'hand')).routes;
    const [newTargetGroup = ''] = Object.keys(route ?? {}).filter((name) => name !== 'hand');
    await editWeights(stage, 'hand', { hand: 95, [newTargetGroup]: 5 });
    const held = await untilProgress(stage, id, 'the hold', (progress) => progress.hold !== null);
    expect(held.hold).toMatchObject({ reason: 'foreign-edit', detail: expect.stringContaining('weight 95') as string });
    expect((await viewOf(stage, 'hand')).routes).toEqual([{ hand: 95, [newTargetGroup]: 5 }]);
    await editWeights(stage, 'hand', { hand: 80, [newTargetGroup]: 20 });
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
    await load.stop();
  },
  120_000,
);

test.concurrent(
  'a worker killed in the middle of a weight change is replaced, and everything exists once',
  async () => {
    const own = await stage.apart();
    const load = await own.startLoad('kill');
    const id = await deploy(own, serviceFile('kill'), images.good);
    await untilProgress(
      own,
      id,
      'the new fleet to be ready',
      (progress) => progress.phase === 'ready' || progress.phase === 'shift',
    );
    // Applied, but the worker never hears of it.
    const barrier = await stage.sandbox.admin.addBarrier({
      operation: 'ModifyListener',
      at: 'after',
      inputContains: '/kill',
    });
    await barrier.waitUntilReached(60_000);
    own.worker.signal('SIGKILL');
    await own.worker.ended;
    await barrier.release();
    await own.startWorker();
    expect(await resultOf(own, id)).toMatchObject({ outcome: 'succeeded', repairs: [] });
    expect(await load.stop()).toMatchObject({ failures: [] });
    const ledger = await ledgerOf(stage, 'kill');
    expect(await breachesOf(stage, 'kill')).toEqual([]);
    expect(
      ['CreateAutoScalingGroup', 'CreateTargetGroup', 'CreateLaunchTemplate'].map((name) => countOf(ledger, name)),
    ).toEqual([1, 1, 1]);
  },
  120_000,
);
