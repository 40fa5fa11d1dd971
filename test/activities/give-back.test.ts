/** What goes back to old, and what is not concluded from an answer that has nothing in it. */
import { observedNewPercent, withoutTargetGroup } from '../../domain/routes';
import { closeStage, openStage, resize, upTo, type Stage } from '../crash/support/stage';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => closeStage(stage));

const give = (sizesSince: number[], carriedPercent = 100) =>
  stage.worker.call('giveBack', { ...stage.onPlan, ourPercents: [0, 50, 100], sizesSince, carriedPercent });

/** New's target groups are called otherwise for a while, so that nobody finds them by their names. */
async function hidden<T>(work: () => Promise<T>, alsoInGroup = false): Promise<T> {
  const { targetGroups, groups } = stage.cloud.cloud.state;
  const ours = [...targetGroups.values()].filter(({ name }) => stage.plan.names.targetGroups.includes(name));
  const names = ours.map(({ name }) => name);
  const group = groups.get(stage.plan.names.group);
  const arns = group?.targetGroupArns ?? [];
  ours.forEach((one, index) => Object.assign(one, { name: `hidden-${index}` }));
  if (alsoInGroup) Object.assign(group ?? {}, { targetGroupArns: [] });
  try {
    return await work();
  } finally {
    ours.forEach((one, index) => Object.assign(one, { name: names[index] }));
    Object.assign(group ?? {}, { targetGroupArns: arns });
  }
}

test('an old fleet that is as large as when it was planned gets its part of a demand that has grown fourfold', async () => {
  await upTo.all(stage);
  expect(await give([8])).toMatchObject({ kind: 'returned', newPercent: 75 });
  await stage.worker.call('regrowOld', { ...stage.onPlan, size: 6 });
  await stage.cloud.settle();
  expect(await give([8])).toMatchObject({ kind: 'returned', newPercent: 25 });
  expect(await give([6])).toMatchObject({ kind: 'returned', newPercent: 0 });
});

test('a target group of new that is not found by its name is known from its group', async () => {
  await upTo.half(stage);
  expect(await hidden(() => give([]))).toMatchObject({ kind: 'returned', newPercent: 0 });
  const arns = await hidden(() => stage.worker.call('findFleetRoutes', { ...stage.onPlan, fleet: 'new' }));
  expect(arns.arns).toHaveLength(stage.plan.routes.length);
});

test('while new cannot be found at all, weight that is not on old is neither taken for none nor let go', async () => {
  await upTo.half(stage);
  const onNew = { ...stage.onPlan, fleet: 'new' as const };
  expect(await hidden(() => give([]), true)).toMatchObject({
    kind: 'not-read-back',
    detail: expect.stringContaining('cannot be found') as string,
  });
  expect(await hidden(() => stage.worker.call('scaleToZero', onNew), true)).toMatchObject({ kind: 'still-routed' });
  await resize(stage, 'web-v1', { desiredCapacity: 2 });
  expect(await give([])).toMatchObject({ kind: 'returned', newPercent: 0 });
  expect(await stage.worker.call('leaveRoutes', onNew)).toEqual({ kind: 'left' });
});

/** Shares of new, in the order of the plan's routes. */
function shares(): (number | null)[] {
  const { rules, targetGroups, listeners } = stage.cloud.cloud.state;
  const newArns = stage.plan.names.targetGroups.map((name) => {
    const made = [...targetGroups.values()].find((group) => group.name === name);
    return made?.arn ?? '';
  });
  return stage.plan.routes.map(({ kind, arn, pair }) => {
    const ruleArn = kind === 'rule' ? arn : (listeners.get(arn)?.defaultRuleArn ?? '');
    const oldArn = stage.plan.pairs[pair]?.oldArn ?? '';
    return observedNewPercent(rules.get(ruleArn)?.actions ?? [], { oldArn, newArn: newArns[pair] ?? '' });
  });
}

/** Which routes belong to the second target group of old. */
const ofAdmin = () => stage.plan.routes.map(({ pair }) => pair === 1);

test('a target group in which old has no healthy server keeps its routes on new, and holds nobody else back', async () => {
  await upTo.half(stage);
  const { sickTargetGroups } = stage.cloud.dataPlane;
  sickTargetGroups.add(stage.plan.pairs[1]?.oldArn ?? '');
  expect(await give([])).toMatchObject({ kind: 'returned', newPercent: 50, newPercents: [0, 50] });
  expect(shares()).toEqual(ofAdmin().map((isAdmin) => (isAdmin ? 50 : 0)));
  sickTargetGroups.clear();
  expect(await give([])).toMatchObject({ kind: 'returned', newPercent: 0, newPercents: [0, 0] });
  expect(shares()).toEqual(ofAdmin().map(() => 0));
});

test('a target group that was sick before the deployment does not lower what old needs in the others', async () => {
  await upTo.half(stage);
  const pairs = stage.plan.pairs.map((pair, index) => ({ ...pair, oldHealthy: index === 1 ? 1 : 4 }));
  const plan = { ...stage.plan, pairs, old: { ...stage.plan.old, desiredCapacity: 4, healthyServers: 1 } };
  const answer = await stage.worker.call('giveBack', { ...stage.onPlan, plan, ourPercents: [0, 50], sizesSince: [] });
  expect(answer).toMatchObject({ kind: 'returned', newPercents: [50, 0] });
});

test('a target group of old that somebody has removed does not keep the other routes on new', async () => {
  await upTo.all(stage);
  const oldArn = stage.plan.pairs[1]?.oldArn ?? '';
  const { rules, targetGroups } = stage.cloud.cloud.state;
  for (const rule of rules.values()) Object.assign(rule, { actions: withoutTargetGroup(rule.actions, oldArn) });
  targetGroups.delete(oldArn);
  expect(await give([])).toMatchObject({ kind: 'returned', newPercents: [0, 100] });
  expect(shares()).toEqual(ofAdmin().map((isAdmin) => (isAdmin ? 100 : 0)));
});

test('what new has grown by while it carried the traffic is asked of old too', async () => {
  await upTo.all(stage);
  await resize(stage, stage.plan.names.group, { desiredCapacity: 8 });
  expect(await give([])).toMatchObject({ kind: 'returned', newPercent: 75, newSize: 8 });
  // As after an attempt whose answer was lost.
  expect(await give([])).toMatchObject({ kind: 'returned', newPercent: 75, newSize: 8 });
  await resize(stage, 'web-v1', { desiredCapacity: 4 });
  expect(await give([])).toMatchObject({ kind: 'returned', newPercent: 50, newSize: 8 });
  expect(await give([])).toMatchObject({ kind: 'returned', newPercent: 50, newSize: 8 });
  expect(await stage.worker.call('regrowOld', { ...stage.onPlan, size: 8 })).toEqual({
    kind: 'asked',
    raisedMaxSize: { from: 6, to: 8 },
  });
});

test('a fleet that carries the smaller part says nothing about the demand', async () => {
  await upTo.half(stage);
  await resize(stage, stage.plan.names.group, { desiredCapacity: 8 });
  expect(await give([], 50)).toMatchObject({ kind: 'returned', newPercent: 0, newSize: 0 });
});
