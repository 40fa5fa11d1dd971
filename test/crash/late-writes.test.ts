/**
 * A write that was already on the wire when its worker died may land when the deployment has moved on. Each of these
 * either does no harm, or the next thing that looks at it tells or mends it.
 */
import { DescribeTargetGroupsCommand, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createClients } from '../sandbox/test-cloud';
import { closeStage, newImage, openStage, resize, splitInput, upTo, type Stage } from './support/stage';
import { TestWorker, type ActivityName, type InputOf } from './support/test-worker';
import { wholeView } from './support/whole-view';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => closeStage(stage));

/** Begins an attempt whose first mutation is held on the wire, and whose worker is gone. */
async function onTheWire<Name extends ActivityName>(name: Name, input: InputOf<Name>) {
  const { holds } = stage.cloud;
  const held = holds.hold('before', ({ operation }) => !/^(Describe|Get)/.test(operation));
  const worker = await TestWorker.start(stage.cloud.url);
  const attempt = worker.call(name, input).catch(() => undefined);
  await held.reached;
  worker.die();
  /** Answers what became of the write. */
  return async () => {
    const landed = stage.cloud.nextEntry();
    held.release();
    const { outcome } = await landed;
    await attempt;
    await stage.cloud.settle();
    return outcome;
  };
}

function view() {
  return wholeView(stage.cloud.cloud);
}

function groupNamed(name: string) {
  return view().groups.find((group) => group.name === name);
}

const call = <Name extends ActivityName>(name: Name, input: InputOf<Name>) => stage.worker.call(name, input);
const onNew = () => ({ ...stage.onPlan, fleet: 'new' as const });

test('a template that is asked for again after it was removed is not made again', async () => {
  const input = { ...stage.onPlan, imageId: newImage };
  const land = await onTheWire('ensureTemplate', input);
  await call('ensureTemplate', input);
  await call('retireFleet', onNew());
  // The same token stands for the same call, which had been answered.
  expect(await land()).toBe('applied');
  expect(view().templates.map((template) => template.name)).toEqual(['web']);
});

test('a target group that is made after its removal is unreferenced and tagged ours', async () => {
  const land = await onTheWire('ensureTargetGroups', stage.onPlan);
  await call('ensureTargetGroups', stage.onPlan);
  await call('retireFleet', onNew());
  expect(await land()).toBe('applied');
  const left = view().targetGroups.filter((group) => !['web', 'admin'].includes(group.name));
  expect(left.map((group) => group.tags)).toEqual([
    expect.arrayContaining([{ Key: 'fleetshift:deployment', Value: stage.plan.uuid }]),
  ]);
  await call('retireFleet', onNew());
  expect(view().targetGroups).toHaveLength(2);
});

test('a clone that is made after its removal is refused: its template is gone', async () => {
  await upTo.references(stage);
  const template = await call('ensureTemplate', { ...stage.onPlan, imageId: newImage });
  const land = await onTheWire('ensureClone', { ...stage.onPlan, template });
  await call('ensureClone', { ...stage.onPlan, template });
  await call('leaveRoutes', onNew());
  await call('retireFleet', onNew());
  expect(await land()).toBe('ValidationError');
  expect(view().groups.map((group) => group.name)).toEqual(['web-v1']);
});

test('a size that was asked for before the fleet grew does not shrink it', async () => {
  await upTo.clone(stage);
  const land = await onTheWire('sizeClone', stage.onPlan);
  await call('sizeClone', stage.onPlan);
  await resize(stage, 'web-v1', { desiredCapacity: 4 });
  expect(await call('sizeClone', stage.onPlan)).toEqual({ wanted: 4 });
  await stage.cloud.settle();
  expect(await land()).toBe('applied');
  expect(groupNamed(stage.plan.names.group)).toMatchObject({ desiredCapacity: 4 });
  expect(groupNamed(stage.plan.names.group)?.servers).toHaveLength(4);
});

test('a size that lands while the fleet is let go is seen, and taken back', async () => {
  await upTo.clone(stage);
  const land = await onTheWire('sizeClone', stage.onPlan);
  await call('leaveRoutes', onNew());
  expect(await call('scaleToZero', onNew())).toEqual({ kind: 'scaled' });
  expect(await land()).toBe('applied');
  const deadlineMs = Date.now() + 60_000;
  expect(await call('watchGone', { ...onNew(), deadlineMs })).toMatchObject({ kind: 'revived' });
  expect(await call('scaleToZero', onNew())).toEqual({ kind: 'scaled' });
  await stage.cloud.settle();
  expect(await call('watchGone', { ...onNew(), deadlineMs })).toEqual({ kind: 'gone' });
});

test('old grows again at most: what it was asked for before does not shrink it', async () => {
  await upTo.half(stage);
  await resize(stage, 'web-v1', { minSize: 1, desiredCapacity: 1 });
  const land = await onTheWire('regrowOld', { ...stage.onPlan, size: 2 });
  await call('regrowOld', { ...stage.onPlan, size: 2 });
  await resize(stage, 'web-v1', { desiredCapacity: 4 });
  expect(await land()).toBe('applied');
  expect(groupNamed('web-v1')).toMatchObject({ desiredCapacity: 4, minSize: 2 });
});

test('a floor of an earlier step does not shrink old, and the next step raises it again', async () => {
  await upTo.readyClone(stage);
  const land = await onTheWire('freezeOld', { ...stage.onPlan, minSize: 2 });
  await resize(stage, 'web-v1', { desiredCapacity: 4 });
  await call('freezeOld', { ...stage.onPlan, minSize: 4 });
  expect(await land()).toBe('applied');
  expect(groupNamed('web-v1')).toMatchObject({ desiredCapacity: 4, minSize: 2 });
  const { desiredCapacity } = await call('sizeOfOld', stage.onPlan);
  await call('freezeOld', { ...stage.onPlan, minSize: desiredCapacity });
  expect(groupNamed('web-v1')).toMatchObject({ desiredCapacity: 4, minSize: 4 });
});

test('a weight of an earlier step is not taken for the newest, and the next is not written over it', async () => {
  await upTo.readyClone(stage);
  const land = await onTheWire('writeSplit', splitInput(stage, 50));
  await call('writeSplit', splitInput(stage, 50));
  await call('writeSplit', splitInput(stage, 90));
  expect(await land()).toBe('applied');
  const answer = await call('writeSplit', { ...splitInput(stage, 100), ourPercents: [90, 100] });
  expect(answer).toMatchObject({ kind: 'foreign-edit', detail: expect.stringContaining('weight 50') as string });
});

describe('a weight for new that lands after everything was given back', () => {
  let land: () => Promise<string>;

  beforeEach(async () => {
    await upTo.readyClone(stage);
    land = await onTheWire('writeSplit', splitInput(stage, 50));
    await call('giveBack', { ...stage.onPlan, ourPercents: [0, 50], sizesSince: [] });
  });

  test('is seen before the servers of new are let go, and given back again', async () => {
    expect(await land()).toBe('applied');
    expect(await call('leaveRoutes', onNew())).toMatchObject({ kind: 'still-weighted' });
    expect(await call('scaleToZero', onNew())).toMatchObject({ kind: 'still-routed' });
    const answer = await call('giveBack', { ...stage.onPlan, ourPercents: [0, 50], sizesSince: [] });
    expect(answer).toMatchObject({ kind: 'returned', newPercent: 0, overwritten: [], leftAlone: [] });
    expect(await call('leaveRoutes', onNew())).toEqual({ kind: 'left' });
  });

  test('is refused when its target group is gone', async () => {
    await call('leaveRoutes', onNew());
    await call('scaleToZero', onNew());
    await stage.cloud.settle();
    await call('retireFleet', onNew());
    expect(await land()).toBe('TargetGroupNotFound');
    expect(view().groups.map((group) => group.name)).toEqual(['web-v1']);
  });
});

test.each([
  [0, /is currently in use by a listener or a rule/],
  [1, /gets traffic again by/],
])(
  'a fleet that somebody puts into a route again, with weight %d, is not removed: it has to leave once more',
  async (weight, said) => {
    await upTo.emptied(stage, 'new');
    const { elb } = createClients(stage.cloud.url);
    const { TargetGroups = [] } = await elb.send(
      new DescribeTargetGroupsCommand({ Names: [stage.plan.pairs[0]?.newName ?? ''] }),
    );
    const route = stage.plan.routes.find(({ kind, pair }) => kind === 'listener' && pair === 0);
    const forward = [
      { TargetGroupArn: stage.plan.pairs[0]?.oldArn, Weight: 1 },
      { TargetGroupArn: TargetGroups[0]?.TargetGroupArn, Weight: weight },
    ];
    const ListenerArn = route?.arn;
    const action = { Type: 'forward' as const, ForwardConfig: { TargetGroups: forward } };
    await elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: [action] }));
    expect(await call('retireFleet', onNew())).toEqual({
      ending: 'still-routed',
      detail: expect.stringMatching(said) as string,
    });
    await elb.send(
      new ModifyListenerCommand({
        ListenerArn,
        DefaultActions: [{ ...action, ForwardConfig: { TargetGroups: forward.slice(0, 1) } }],
      }),
    );
    expect(await call('retireFleet', onNew())).toEqual({ ending: 'deleted' });
    expect(view().targetGroups).toHaveLength(2);
  },
);
