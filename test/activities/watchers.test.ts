/** What watchers answer when they cannot see: each ends by its deadline, and what is not seen is never taken to be well. */
import type { GuardInput } from '../../activities/judge';
import { guardSettingsOf } from '../../domain/judge/settings';
import { endingAt, openStretch } from '../../domain/judge/stretch';
import type { WatchWayBackInput } from '../../activities/way-back-risk';
import { nothingTold, type Risk } from '../../domain/way-back-risk';
import { closeStage, newImage, openStage, resize, splitInput, upTo, type Stage } from '../crash/support/stage';

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

/** Looks at a kept fleet for as long as there is nothing to tell. */
const watchWayBack = (change: Partial<WatchWayBackInput> = {}) =>
  stage.worker.call('watchWayBack', {
    ...{ ...stage.onPlan, sizesSince: [2], told: nothingTold, everySeconds: 0.1, deadlineMs: Date.now() + 2000 },
    ...change,
  });

const changedTo = (...reasons: Risk['reason'][]) => ({
  kind: 'changed',
  risks: reasons.map((reason) => expect.objectContaining({ reason }) as Risk),
});

test('a kept fleet tells what stands in the way of going back to it, each thing as it comes, and that all is well', async () => {
  await upTo.all(stage);
  const { groupName } = stage.plan.old;
  const { groups, targetGroups } = stage.cloud.cloud.state;
  expect(await watchWayBack()).toEqual({ kind: 'over' });
  await resize(stage, groupName, { minSize: 0, desiredCapacity: 1 });
  expect(await watchWayBack()).toEqual(changedTo('old-unhealthy'));
  await resize(stage, groupName, { minSize: 2, desiredCapacity: 2 });
  const told = { risks: [{ reason: 'old-unhealthy' as const, detail: '' }], changes: 1 };
  expect(await watchWayBack({ told })).toEqual(changedTo());
  // The demand has grown since: old would have to be larger.
  expect(await watchWayBack({ sizesSince: [3] })).toEqual(changedTo('old-unhealthy'));
  await stage.worker.call('writeSplit', { ...splitInput(stage, 50), ourPercents: [100] });
  expect(await watchWayBack()).toEqual(changedTo('foreign-edit'));
  groups.delete(groupName);
  for (const { oldArn } of stage.plan.pairs) targetGroups.delete(oldArn);
  expect(await watchWayBack()).toEqual(changedTo('foreign-edit', 'old-gone'));
}, 30_000);

test('what cannot be read of a kept fleet tells neither that something is wrong nor that it is well', async () => {
  await upTo.all(stage);
  breakReads();
  expect(await watchWayBack()).toEqual({ kind: 'over' });
  const told = { risks: [{ reason: 'old-unhealthy' as const, detail: '' }], changes: 1 };
  expect(await watchWayBack({ told })).toEqual({ kind: 'over' });
}, 30_000);

test('a fleet whose successor is gone already is quiet when it has been silent for long enough', async () => {
  loseTargetGroups();
  const sinceMs = Date.now() - 10_000;
  const input = { ...stage.onPlan, sinceMs, deadlineMs: Date.now() };
  expect(await stage.worker.call('watchQuiet', { ...input, fleet: 'old' })).toEqual({ kind: 'quiet' });
  expect(await stage.worker.call('watchQuiet', { ...input, fleet: 'new' })).toMatchObject({ kind: 'late' });
  const justNow = { ...input, fleet: 'old' as const, sinceMs: Date.now() };
  expect(await stage.worker.call('watchQuiet', justNow)).toMatchObject({ kind: 'late' });
}, 30_000);
