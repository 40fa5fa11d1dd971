/**
 * Every verb in every phase, on deployments that really run side by side. Servers and requests are virtual, so that many
 * fit on one machine.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import type { Ruling, Verb } from '../../domain/control';
import { controlSignals, workflowTypes } from '../../workflows/messages';
import { deploy, progressOf, resultOf, serviceFile, submit, untilProgress, untilShare } from './support/deployments';
import { breachesOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { ask, expectReplay, expectUntouched, long, noticesOf, untilPhase, walk } from './support/steer';
import { images } from './support/world';

const names = ['inplan', 'inprep', 'inclone', 'inready', 'inshift', 'abortfirst', 'abortlast', 'quiet'];

let stage: Stage;

beforeAll(async () => {
  const services = [
    ...names.map((name) => ({ name, virtualLoad: 0 })),
    ...['full', 'seen'].map((name) => ({ name, virtualLoad: 60 })),
  ];
  stage = await openStage(services, {}, 'virtual');
}, 120_000);

afterAll(() => stage.stop(), 60_000);

const beforeTheShift: [Verb, Ruling['kind']][] = [
  ['resume', 'already'],
  ['pause', 'taken'],
  ['pause', 'already'],
  ['promote', 'refused'],
  ['rollback', 'refused'],
  ['resume', 'taken'],
  ['abort', 'taken'],
];
const goingBack: [Verb, Ruling['kind']][] = [
  ['pause', 'refused'],
  ['resume', 'already'],
  ['promote', 'refused'],
  ['abort', 'already'],
  ['rollback', 'already'],
];
test.concurrent.each([
  { name: 'inplan', phase: 'plan', operation: 'DescribeTargetGroups' },
  { name: 'inprep', phase: 'prepare', operation: 'CreateTargetGroup' },
  { name: 'inclone', phase: 'clone', operation: 'CreateAutoScalingGroup' },
])(
  'in $phase: pause, resume and abort are taken, promote and rollback refused',
  async ({ name, phase, operation }) => {
    const still = await stage.sandbox.admin.addBarrier({ operation, at: 'before', inputContains: name, times: 50 });
    const id = await deploy(stage, serviceFile(name), images.good);
    await still.waitUntilReached(60_000);
    await untilPhase(stage, id, phase);
    await walk(stage, id, beforeTheShift);
    // What is being written is never cut off, so that the deployment is still there to be asked.
    if (phase !== 'plan') await walk(stage, id, goingBack);
    await still.release();
    expect(await resultOf(stage, id)).toMatchObject({
      outcome: 'aborted',
      reason: 'aborted by ada: expected to be taken',
      repairs: [],
    });
    await expectUntouched(stage, name);
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent(
  'in ready, and on the way back, every verb is answered as the table says',
  async () => {
    const still = await stage.sandbox.admin.addBarrier({
      operation: 'DeleteTargetGroup',
      at: 'before',
      inputContains: 'inready',
      times: 50,
    });
    const id = await deploy(stage, serviceFile('inready'), images.neverHealthy);
    await untilPhase(stage, id, 'ready');
    await walk(stage, id, beforeTheShift);
    await still.waitUntilReached(60_000);
    await untilPhase(stage, id, 'rolling-back');
    await walk(stage, id, goingBack);
    await still.release();
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', trafficRestoredAtMs: null, repairs: [] });
    await expectUntouched(stage, 'inready');
  },
  90_000,
);

/** The official command line, as an operator would use it. */
async function temporalCli(...args: string[]): Promise<string> {
  const cliPath = await ensureTemporalCli({ log: () => undefined });
  const { address } = stage.temporal.settings;
  return (await promisify(execFile)(cliPath, [...args, '--address', address])).stdout;
}

test.concurrent(
  'in shift: a promote passes one step and no more, and rollback goes back under its own name',
  async () => {
    const id = await deploy(stage, serviceFile('inshift', long), images.good);
    await untilShare(stage, id, 20);
    await walk(stage, id, [
      ['resume', 'already'],
      ['pause', 'taken'],
      ['pause', 'already'],
      ['promote', 'refused'],
      ['resume', 'taken'],
      ['promote', 'taken'],
    ]);
    await untilShare(stage, id, 90);
    // An update that cannot be read is answered and nothing happens; a signal nobody would answer, so it counts.
    const update = ['workflow', 'update', 'execute', '--workflow-id', id, '--name', 'abort', '--input'];
    await expect(temporalCli(...update, '{"by":7}')).rejects.toThrow(/abort: expected JSON/);
    await expect(temporalCli(...update, 'maintenance', '--input-meta', 'encoding=text/plain')).rejects.toThrow(
      /abort: expected JSON/,
    );
    const signal = ['workflow', 'signal', '--workflow-id', id, '--name', 'pause', '--input'];
    await temporalCli(...signal, '{"by":7}');
    const seen = await untilProgress(stage, id, 'the pause', (progress) => progress.pause !== null);
    expect(seen).toMatchObject({ phase: 'shift', step: { index: 1 }, split: { newPercent: 90 } });
    expect(noticesOf(seen)).toContain('pause: its payload could not be read');
    expect(seen.requests.map(({ verb }) => verb)).not.toContain('abort');
    expect(await ask(stage, id, 'rollback', { by: 'ada', reason: 'odd' })).toMatchObject({ kind: 'taken' });
    expect(await resultOf(stage, id)).toMatchObject({
      outcome: 'rolled-back',
      reason: 'rollback asked for by ada: odd',
      repairs: [],
    });
    await expectUntouched(stage, 'inshift');
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent(
  'promote --full goes straight to the last step, and leaves the bake to a promote of its own',
  async () => {
    const steps = { shift: { steps: [10, 20, 30, 50, 100], stepTime: '10m' }, bake: '10m' };
    // The world's own first servers took a moment to become healthy.
    const { full: before } = await stage.sandbox.admin.virtualTraffic();
    const id = await deploy(stage, serviceFile('full', steps), images.good);
    await untilShare(stage, id, 10);
    // Asked twice, it counts once; and one step is less than all.
    expect((await ask(stage, id, 'promote')).kind).toBe('taken');
    expect((await ask(stage, id, 'promote', { by: 'ada', full: true })).kind).toBe('taken');
    await untilPhase(stage, id, 'bake');
    const baking = await progressOf(stage, id);
    expect(baking).toMatchObject({ split: { newPercent: 90 }, result: null });
    expect(noticesOf(baking).match(/\d+ % on new, read back/g)).toEqual(
      ['0', '10', '90'].map((percent) => `${percent} % on new, read back`),
    );
    await walk(stage, id, [
      ['pause', 'taken'],
      ['promote', 'refused'],
      ['resume', 'taken'],
      ['promote', 'taken'],
    ]);
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded', repairs: [] });
    const { full } = await stage.sandbox.admin.virtualTraffic();
    expect(full).toMatchObject({ failedByTargets: before?.failedByTargets, unanswered: before?.unanswered });
    expect(full?.requests).toBeGreaterThan(before?.requests ?? 0);
    expect(await breachesOf(stage, 'full')).toEqual([]);
    await expectReplay(stage, id);
  },
  90_000,
);

const together: { name: string; verbs: Verb[] }[] = [
  { name: 'abortfirst', verbs: ['abort', 'promote'] },
  { name: 'abortlast', verbs: ['promote', 'abort'] },
  { name: 'quiet', verbs: ['pause', 'promote', 'resume', 'promote'] },
];
test.concurrent(
  'verbs that are all there before any worker sees one end the same each time, in the order in which they came',
  async () => {
    const own = await stage.apart();
    const ids = new Map<string, string>();
    for (const { name } of together) ids.set(name, await deploy(own, serviceFile(name, long), images.good));
    for (const id of ids.values()) await untilShare(own, id, 20);
    await own.worker.stop();
    for (const { name, verbs } of together) {
      const handle = own.temporal.client.workflow.getHandle(ids.get(name) ?? '');
      for (const verb of verbs) await handle.signal(controlSignals[verb], { by: 'ada' });
    }
    await own.startWorker();
    // The first promote came in the pause and was refused; the second passed one step, not two.
    const quiet = ids.get('quiet') ?? '';
    const seen = await untilShare(own, quiet, 90);
    expect(seen.requests.map(({ ruling }) => ruling)).toEqual(['taken', 'refused', 'taken', 'taken']);
    expect(seen.phase).toBe('shift');
    expect((await ask(own, quiet, 'abort')).kind).toBe('taken');
    for (const [name, id] of ids) {
      expect(await resultOf(own, id)).toMatchObject({ outcome: 'aborted', repairs: [] });
      await expectUntouched(stage, name);
      await expectReplay(own, id);
    }
  },
  120_000,
);

test.concurrent(
  "looking at one shows phase, split, fleets and evidence; Temporal's own cancel means abort",
  async () => {
    const id = await deploy(stage, serviceFile('seen', long), images.good);
    const seen = await untilProgress(stage, id, 'evidence', ({ judge }) => (judge?.newRequests ?? 0) > 0);
    expect(seen).toMatchObject({
      phase: 'shift',
      step: { index: 0, count: 2, newPercent: 20 },
      split: { newPercent: 20 },
      oldFleet: { groupName: 'seen-v1', healthy: 2 },
      newFleet: { wanted: 2, healthy: 2 },
    });
    await stage.temporal.client.workflow.getHandle(id).cancel();
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', repairs: [] });
    await expectUntouched(stage, 'seen');
    expect(await progressOf(stage, id)).toMatchObject({ phase: 'decided', result: { outcome: 'aborted' } });
  },
  90_000,
);

test.concurrent(
  'a request that no file check has seen is refused by the workflow itself, without a run that fails for ever',
  async () => {
    const broken = { ...serviceFile('unread'), shift: { stepPercents: 'all' } };
    expect(await submit(stage, broken as never, images.good)).toMatchObject({
      kind: 'refused',
      code: 'invalid',
      message: expect.stringContaining('shift.stepPercents') as string,
    });
    const { client, settings } = stage.temporal;
    const handle = await client.workflow.start(workflowTypes.deployment, {
      workflowId: `broken-${randomUUID()}`,
      taskQueue: settings.taskQueue,
      args: ['nonsense'],
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('cannot be read') as string },
    });
  },
  60_000,
);
