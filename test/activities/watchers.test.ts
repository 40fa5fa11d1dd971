/** What watchers answer when they cannot see: each ends by its deadline, and what is not seen is never taken to be well. */
import type { GuardInput } from '../../activities/judge';
import { guardSettingsOf } from '../../domain/judge/settings';
import { endingAt, openStretch } from '../../domain/judge/stretch';
import { closeStage, newImage, openStage, upTo, type Stage } from '../crash/support/stage';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
  await upTo.half(stage);
});
afterEach(() => closeStage(stage));

/** Watches half of the traffic for as long as nothing happens. */
function guardInput(change: Partial<GuardInput> = {}): GuardInput {
  const nowMs = Date.now();
  const settings = guardSettingsOf(stage.service, { balancerErrorRate: 0, hotfix: false });
  const times = { writeMs: nowMs, readBackMs: nowMs, settledMs: nowMs, endsMs: null, requireAllRows: false };
  const state = endingAt(openStretch(null, { ...times, newPercent: 50 }, settings), times);
  const nothing = { holding: [], promoted: false, hotfix: false, deadlineMs: Number.MAX_SAFE_INTEGER };
  return { ...stage.onPlan, state, newWanted: 2, ourPercents: [50], ...nothing, ...change };
}

const guard = (change?: Partial<GuardInput>) => stage.worker.call('guardStretch', guardInput(change));

function breakReads(): void {
  stage.cloud.faults.add({ operation: 'DescribeTargetHealth', kind: 'error-500', times: 'always' });
}

/** As somebody's clean-up would leave it. */
function loseTargetGroups(): void {
  const { targetGroups } = stage.cloud.cloud.state;
  for (const [arn, { name }] of targetGroups)
    if (stage.plan.names.targetGroups.includes(name)) targetGroups.delete(arn);
}

test('fleets that cannot be read hold the split as unmeasurable, with what AWS answered', async () => {
  breakReads();
  expect(await guard()).toMatchObject({
    kind: 'holds',
    holds: [{ reason: 'unmeasurable', detail: expect.stringContaining('DescribeTargetHealth') as string }],
  });
}, 30_000);

test('a hold that stands runs out at its limit though nothing can be read', async () => {
  breakReads();
  const holding = [{ reason: 'unmeasurable' as const, detail: 'the last guard could not read either', sinceMs: 0 }];
  expect(await guard({ holding, deadlineMs: Date.now() })).toEqual({ kind: 'expired' });
  expect(await guard({ holding, deadlineMs: Date.now(), promoted: true })).toEqual({ kind: 'expired' });
}, 30_000);

test('nobody promotes past fleets that cannot be read', async () => {
  breakReads();
  expect(await guard({ promoted: true })).toMatchObject({ kind: 'holds', holds: [{ reason: 'unmeasurable' }] });
}, 30_000);

test('when the target groups of new are gone every watcher still ends by its deadline', async () => {
  loseTargetGroups();
  const deadlineMs = Date.now();
  const late = { kind: 'late', detail: expect.stringContaining('cannot be found') as string };
  const { onPlan } = stage;
  expect(await stage.worker.call('watchRoutes', { ...onPlan, ourPercents: [50], deadlineMs })).toEqual(late);
  const readiness = { ...onPlan, imageId: newImage, wanted: 2, healthyReads: 1, deadlineMs };
  expect(await stage.worker.call('watchReadiness', readiness)).toMatchObject(late);
  expect(await guard({ deadlineMs })).toEqual({ kind: 'expired' });
}, 30_000);
