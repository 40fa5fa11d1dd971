import { recoveredPlan, type RecoveryFacts } from '../../domain/recovered-plan';
import { standOf, type TracedGroup, type Traces } from '../../domain/recovery';
import type { RecoveryWay } from '../../domain/recovery-order';
import { parseServiceFile, type ServiceConfig } from '../../domain/service-file';

const uuid = '7f3a9c1b-2d4e-4f60-8a71-92b3c4d5e6f7';
const maker = { uuid, serviceKey: 'web.production.eu-west-1', number: 12, imageId: 'ami-0new' };

function service(extra: object = {}): ServiceConfig {
  const answer = parseServiceFile({ service: 'web', region: 'eu-west-1', source: { group: 'web-v1' }, ...extra });
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return answer.service;
}

function group(groupName: string, change: Partial<TracedGroup> = {}): TracedGroup {
  return {
    ...{ groupName, arn: `arn:${groupName}`, minSize: 2, maxSize: 6, desiredCapacity: 2 },
    ...{ targetGroupArns: [], tags: {}, ...change },
  };
}

function route(arn: string, weights: Record<string, number>) {
  const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  const actions = [{ Type: 'forward', ForwardConfig: { TargetGroups } }];
  return { kind: 'rule' as const, arn, loadBalancer: 'app/web/1', actions, tags: {} };
}

const newName = 'web-7f3a9c1b2d4e-1';

/** Half-way through a shift unless changed: 20 % on new. */
function traces(change: Partial<Traces> = {}): Traces {
  return {
    maker,
    clone: group('web-12-7f3a9c1b2d4e'),
    old: group('web-v1', { targetGroupArns: ['arn:targetgroup/old'] }),
    oldName: 'web-v1',
    replacedSize: { minSize: 1, maxSize: 6, desiredCapacity: 2, healthyServers: 2 },
    pairs: [{ oldArn: 'arn:targetgroup/old', newArn: 'arn:targetgroup/new', newName }],
    removableOldArns: [],
    routes: [route('arn:rule', { 'arn:targetgroup/old': 80, 'arn:targetgroup/new': 20 })],
    atWork: null,
    ...change,
  };
}

const moved = [route('arn:rule', { 'arn:targetgroup/old': 0, 'arn:targetgroup/new': 100 })];
const left = [route('arn:rule', { 'arn:targetgroup/new': 100 })];
const untouched = [route('arn:rule', { 'arn:targetgroup/old': 1 })];
const kept = group('web-v1', { minSize: 1 });
const emptied = group('web-v1', { minSize: 0, desiredCapacity: 0 });

describe('what is half-done', () => {
  test.each<[string, Partial<Traces>, number[]]>([
    ['in the middle of its shift', {}, [20]],
    ['before its shift', { routes: [route('r', { 'arn:targetgroup/old': 100, 'arn:targetgroup/new': 0 })] }, [0]],
    ['with target groups only', { clone: null, routes: [] }, []],
    ['with all traffic, and old still in the routes', { routes: moved }, [100]],
    ['with all traffic, and servers of old left', { routes: left }, [100]],
    ['with target groups of old that are ours', { routes: left, old: null, removableOldArns: ['arn:x'] }, [100]],
  ])('one %s', (_where, change, shares) => {
    expect(standOf(traces(change), 'scale-to-zero')).toMatchObject({ kind: 'half-done', shares });
  });

  test.each<[string, ServiceConfig['oldGroup'], Partial<Traces>]>([
    ['old is gone', 'scale-to-zero', { old: null }],
    ['old is empty, as the policy has it', 'scale-to-zero', { old: emptied }],
    ['old stays with its own minimum, as the policy has it', 'keep', { old: kept }],
    ['a later deployment has the traffic', 'scale-to-zero', { old: null, routes: [route('r', { 'arn:third': 100 })] }],
    ['old is ours and stays, as the policy has it', 'keep', { old: kept, removableOldArns: ['arn:targetgroup/old'] }],
    ['old stays, and somebody has emptied it since', 'keep', { old: emptied }],
    ['old was to stay, and somebody has removed it', 'keep', { old: null, removableOldArns: ['arn:targetgroup/old'] }],
    ['both stay, and a later deployment has the traffic', 'keep', { old: kept, routes: [] }],
  ])('not one where %s', (_where, policy, change) => {
    expect(standOf(traces({ routes: left, ...change }), policy)).toEqual({ kind: 'finished' });
  });

  test.each<[string, ServiceConfig['oldGroup'], Partial<Traces>]>([
    ['empty, and to be deleted', 'delete', { old: emptied }],
    ['kept, and still frozen', 'keep', {}],
    ['kept, and still in the routes', 'keep', { old: kept, routes: moved }],
    ['kept, of a size that nobody knows any more', 'keep', { old: kept, replacedSize: null }],
  ])('one whose old is %s', (_where, policy, change) => {
    expect(standOf(traces({ routes: left, ...change }), policy)).toMatchObject({ kind: 'half-done' });
  });

  test('nothing that somebody is at work on', () => {
    expect(standOf(traces({ atWork: 'drain:x' }), 'delete')).toEqual({ kind: 'at-work', by: 'drain:x' });
  });
});

describe('what is offered', () => {
  test.each<[string, RecoveryWay, Partial<Traces>]>([
    ['to finish without old, which is gone', 'finish', { old: null }],
    ['to go back when old has left the routes', 'back', { routes: left }],
    ['to go back when old has left one of two routes', 'back', { routes: [...moved, ...left] }],
    ['to go back to an old that is gone', 'back', { routes: moved, old: null }],
    ['to finish when others have the traffic', 'finish', { routes: [route('r', { 'arn:targetgroup/old': 0, c: 1 })] }],
    ['to go back when others have the traffic', 'back', { routes: [route('r', { 'arn:targetgroup/old': 0, c: 1 })] }],
    ['to finish when both have left the routes', 'finish', { routes: [] }],
    ['to remove a clone that may have served', 'back', { routes: [] }],
    ['to finish without a clone when old has left the routes', 'finish', { clone: null, routes: [] }],
  ])('not %s', (_what, way, change) => {
    expect(standOf(traces(change), 'scale-to-zero')).toMatchObject({ ways: { [way]: { kind: 'refused' } } });
    expect(planOf(way, change)).toMatchObject({ kind: 'refused' });
  });

  test.each<[string, RecoveryWay, Partial<Traces>]>([
    ['to remove what has no traffic, though old is gone', 'back', { clone: null, routes: [], old: null }],
    ['to let an old go that is gone from the routes', 'finish', { routes: left }],
    ['to go back from all', 'back', { routes: moved }],
    ['to begin with target groups that are in no route yet', 'finish', { clone: null, routes: untouched }],
    ['to remove target groups that are in no route yet', 'back', { clone: null, routes: untouched }],
    ['to begin with a clone that has left the routes on a way back', 'finish', { routes: untouched }],
    ['to remove a clone that has left the routes on a way back', 'back', { routes: untouched }],
  ])('%s', (_what, way, change) => {
    expect(standOf(traces(change), 'scale-to-zero')).toMatchObject({ ways: { [way]: { kind: 'offered' } } });
  });
});

test.each<[string, Partial<Traces>, RegExp]>([
  ['with a clone', {}, /moved on: no route refers to web-12-7f3a9c1b2d4e or to web-v1$/],
  ['without one', { clone: null }, /moved on: no route refers to the 1 target groups that were made or to web-v1$/],
])('nothing is said to have traffic when no route refers to old or new, %s', (_which, change, sentence) => {
  const stand = standOf(traces({ routes: [], ...change }), 'scale-to-zero');
  expect(stand).toMatchObject({ stands: expect.stringMatching(sentence) as string });
});

const oldTemplate: RecoveryFacts['template'] = {
  id: 'lt-1',
  versions: ['4'],
  imageId: 'ami-0old',
  pinnedSnapshots: [],
};

function planOf(way: RecoveryWay, change: Partial<Traces> = {}, file: object = {}, template = oldTemplate) {
  return recoveredPlan({
    ...{ service: service(file), way, traces: traces(change), oldHealthy: 3 },
    template,
    ...{ oldRequestsPerPeriod: 6000, balancerErrorRate: 0 },
  });
}

describe('the plan that is made again', () => {
  test('has the names, the sizes and the shares of the one that was lost', () => {
    expect(planOf('finish')).toMatchObject({
      kind: 'planned',
      plan: {
        ...maker,
        old: { groupName: 'web-v1', minSize: 1, desiredCapacity: 2, healthyServers: 2, imageId: 'ami-0old' },
        names: { group: 'web-12-7f3a9c1b2d4e', targetGroups: [newName] },
        pairs: [{ oldArn: 'arn:targetgroup/old', oldDimension: 'targetgroup/old', newName }],
        routes: [{ arn: 'arn:rule', pair: 0 }],
        recovered: { lowestPercent: 20, highestPercent: 20, oldMinSize: 2, newMinSize: 2, isOldRouted: true },
      },
    });
  });

  test('without a clone takes old as it is, for nothing was frozen yet', () => {
    const old = { minSize: 2, maxSize: 6, desiredCapacity: 2, healthyServers: 3 };
    expect(planOf('back', { clone: null, replacedSize: null })).toMatchObject({ plan: { old } });
  });

  test('names the target groups that were not made yet, and has their routes', () => {
    const old = group('web-v1', { targetGroupArns: ['arn:targetgroup/other', 'arn:targetgroup/old'] });
    const routes = [...untouched, route('arn:other-rule', { 'arn:targetgroup/other': 1 })];
    expect(planOf('finish', { old, routes, clone: null })).toMatchObject({
      plan: {
        pairs: [
          { oldArn: 'arn:targetgroup/old', newName },
          { oldArn: 'arn:targetgroup/other', newName: 'web-7f3a9c1b2d4e-2' },
        ],
        routes: [
          { arn: 'arn:rule', pair: 0 },
          { arn: 'arn:other-rule', pair: 1 },
        ],
        recovered: { lowestPercent: 0, highestPercent: 0 },
      },
    });
  });

  test('is not made while there is neither a clone nor a template to make it from', () => {
    const noGroup = { clone: null, routes: untouched };
    expect(planOf('finish', noGroup, {}, null)).toMatchObject({ kind: 'refused' });
    expect(planOf('back', noGroup, {}, null)).toMatchObject({ kind: 'planned' });
    expect(planOf('finish', { routes: left, old: null, removableOldArns: ['arn:x'] }, {}, null)).toMatchObject({
      kind: 'planned',
    });
  });

  test('is refused with a service file from which other names follow', () => {
    expect(planOf('finish', { clone: group('shop-12-7f3a9c1b2d4e') })).toMatchObject({ kind: 'refused' });
    expect(planOf('finish', {}, { environment: 'staging' })).toMatchObject({ kind: 'refused' });
  });
});
