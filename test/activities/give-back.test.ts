/** What goes back to old, and what is not concluded from an answer that has nothing in it. */
import { closeStage, openStage, resize, upTo, type Stage } from '../crash/support/stage';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => closeStage(stage));

const give = (sizesSince: number[]) =>
  stage.worker.call('giveBack', { ...stage.onPlan, ourPercents: [0, 50, 100], sizesSince });

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
