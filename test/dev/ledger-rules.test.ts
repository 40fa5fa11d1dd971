import type { Beginning } from '../../dev/ledger/facts';
import { ledgerBreaches, ledgerRules } from '../../dev/ledger/rules';
import type { LedgerEntry } from '../../sandbox/control/types';

const oldArn = 'arn:x:targetgroup/web/1';
const newArn = 'arn:x:targetgroup/web-abc-1/2';
const nextArn = 'arn:x:targetgroup/web-def-1/3';
const tags = [{ Key: 'fleetshift:deployment', Value: 'abc' }];

const beginning: Beginning = {
  routes: { listener: { [oldArn]: 1 } },
  fleets: [{ group: 'web-v1', targetGroupArns: [oldArn], servers: 4, carriers: 4, deployment: null }],
  ownTargetGroups: [],
};

function ledger(...calls: [operation: string, input: object, healthy?: [old: number, next: number]][]): LedgerEntry[] {
  return calls.map(([operation, input, [old, next] = [4, 4]], index) => ({
    seq: index + 1,
    atMs: index,
    caller: 'fleetshift',
    service: 'autoscaling',
    operation,
    input,
    outcome: 'applied',
    healthyTargets: { [oldArn]: old, [newArn]: next, [nextArn]: next },
  }));
}

const shares = (weightOf: Record<string, number>): object => ({
  ListenerArn: 'listener',
  DefaultActions: [
    {
      ForwardConfig: {
        TargetGroups: Object.entries(weightOf).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
      },
    },
  ],
});
const weights = (forOld: number, forNew: number): object => shares({ [oldArn]: forOld, [newArn]: forNew });
const onlyOld = shares({ [oldArn]: 100 });
const made: Parameters<typeof ledger> = [
  ['CreateTargetGroup', { Name: 'web-abc-1', Tags: tags }],
  ['ModifyListener', weights(100, 0)],
  ['CreateLaunchTemplate', { LaunchTemplateName: 'web-1-abc', TagSpecifications: [{ Tags: tags }] }],
  ['CreateAutoScalingGroup', { AutoScalingGroupName: 'web-1-abc', TargetGroupARNs: [newArn], Tags: tags }],
];
const toZero = (AutoScalingGroupName: string) => ({ AutoScalingGroupName, MinSize: 0, DesiredCapacity: 0 });
const back: Parameters<typeof ledger> = [
  ['ModifyListener', weights(50, 50)],
  ['ModifyListener', weights(100, 0)],
  ['ModifyListener', onlyOld],
  ['UpdateAutoScalingGroup', toZero('web-1-abc')],
  ['DeleteAutoScalingGroup', { AutoScalingGroupName: 'web-1-abc' }],
  ['DeleteTargetGroup', { TargetGroupArn: newArn }],
];
const nextTags = [{ Key: 'fleetshift:deployment', Value: 'def' }];
const next: Parameters<typeof ledger> = [
  ['CreateTargetGroup', { Name: 'web-def-1', Tags: nextTags }],
  ['CreateAutoScalingGroup', { AutoScalingGroupName: 'web-2-def', TargetGroupARNs: [nextArn], Tags: nextTags }],
  ['ModifyListener', shares({ [oldArn]: 100, [nextArn]: 0 })],
  ['ModifyListener', shares({ [oldArn]: 50, [nextArn]: 50 })],
];

test.each<[string, Parameters<typeof ledger>]>([
  [
    'a deployment',
    [
      ...made,
      ['ModifyListener', weights(50, 50)],
      ['ModifyListener', weights(0, 100)],
      ['UpdateAutoScalingGroup', toZero('web-v1')],
    ],
  ],
  ['a rollback', [...made, ...back]],
  ['another deployment after a rollback', [...made, ...back, ...next]],
  [
    'giving back to old what it can carry',
    [...made, ['ModifyListener', weights(0, 100)], ['ModifyListener', weights(25, 75), [1, 4]]],
  ],
  [
    'giving everything to the one server that is left of both fleets',
    [...made, ['ModifyListener', weights(0, 100)], ['ModifyListener', weights(100, 0), [1, 0]]],
  ],
  [
    'giving everything back to as many as were healthy in the beginning',
    [
      ['ModifyListener', weights(100, 0), [3, 0]],
      ['ModifyListener', weights(0, 100), [3, 4]],
      ['ModifyListener', weights(100, 0), [3, 4]],
    ],
  ],
  ['a repeated creation of a target group, which AWS answers with the first', [...made, ...made.slice(0, 1)]],
])('%s breaks no rule', (_name, calls) => {
  expect(ledgerBreaches({ ledger: ledger(...calls), beginning })).toEqual([]);
});

const breaches: [string, keyof typeof ledgerRules, string, Parameters<typeof ledger>][] = [
  [
    'weight for a fleet without healthy servers',
    'weight needs health',
    'to 10 %, which needs 1 healthy servers, and it had 0',
    [['ModifyListener', weights(90, 10), [4, 0]]],
  ],
  [
    'more weight than healthy servers for it',
    'weight needs health',
    'which needs 2 healthy servers, and it had 1',
    [['ModifyListener', weights(50, 50), [4, 1]]],
  ],
  [
    'less for new than it was asked to have',
    'weight needs health',
    'which needs 3 healthy servers, and it had 2',
    [
      ['UpdateAutoScalingGroup', { AutoScalingGroupName: 'web-1-abc', MinSize: 6 }],
      ['ModifyListener', weights(50, 50), [4, 2]],
    ],
  ],
  [
    'old getting back more than it can carry',
    'weight needs health',
    'to 100 %, which needs 4 healthy servers, and it had 3',
    [
      ['ModifyListener', weights(0, 100)],
      ['ModifyListener', weights(100, 0), [3, 4]],
    ],
  ],
  [
    'old scaled in before its weight is gone',
    'serving fleets',
    'took web-v1 from 4 to 0 servers while it had weight in listener',
    [['UpdateAutoScalingGroup', toZero('web-v1')]],
  ],
  [
    'old losing one server before its weight is gone',
    'serving fleets',
    'took web-v1 from 4 to 3 servers while it had weight',
    [['UpdateAutoScalingGroup', { AutoScalingGroupName: 'web-v1', MaxSize: 3 }]],
  ],
  [
    'new scaled in while it has weight',
    'serving fleets',
    'took web-1-abc from 0 to 0 servers while it had weight',
    [
      ['ModifyListener', weights(50, 50)],
      ['UpdateAutoScalingGroup', toZero('web-1-abc')],
    ],
  ],
  [
    'a server taken by its id',
    'serving fleets',
    'may have served',
    [['TerminateInstanceInAutoScalingGroup', { InstanceId: 'i-1' }]],
  ],
  ['a referenced target group removed', 'removals', 'named it', [['DeleteTargetGroup', { TargetGroupArn: newArn }]]],
  [
    'a target group of somebody else removed',
    'removals',
    'removed web, which no deployment had made',
    [['DeleteTargetGroup', { TargetGroupArn: oldArn }]],
  ],
  [
    'a group of somebody else removed',
    'removals',
    'removed web-v1, which no deployment had made',
    [['DeleteAutoScalingGroup', { AutoScalingGroupName: 'web-v1' }]],
  ],
  [
    'a clone removed while it has weight',
    'removals',
    'removed web-1-abc while a route gave it traffic',
    [
      ['ModifyListener', weights(50, 50)],
      ['DeleteAutoScalingGroup', { AutoScalingGroupName: 'web-1-abc' }],
    ],
  ],
  [
    'force',
    'removals',
    'forced',
    [['DeleteAutoScalingGroup', { AutoScalingGroupName: 'web-1-abc', ForceDelete: true }]],
  ],
  ['the same group twice', 'one of each', 'made web-1-abc once more', made.slice(3)],
  [
    'a second clone of one deployment',
    'one of each',
    'made web-1-abc and web-2-abc',
    [['CreateAutoScalingGroup', { AutoScalingGroupName: 'web-2-abc', Tags: tags }]],
  ],
  [
    'a second target group beside the only one of the source',
    'one of each',
    'made web-abc-1 and web-abc-2',
    [['CreateTargetGroup', { Name: 'web-abc-2', Tags: tags }]],
  ],
  [
    'a target group made again after it was removed',
    'one of each',
    '#11 CreateTargetGroup came after #10 DeleteTargetGroup',
    [...back, ...made.slice(0, 1)],
  ],
  [
    'a template made again after one was removed',
    'one of each',
    '#6 CreateLaunchTemplate came after #5 DeleteLaunchTemplate',
    [['DeleteLaunchTemplate', { LaunchTemplateId: 'lt-1' }], ...made.slice(2, 3)],
  ],
  [
    'another revision for a group that exists',
    'launches',
    'changed what a group launches',
    [['UpdateAutoScalingGroup', { AutoScalingGroupName: 'web-v1', LaunchTemplate: {} }]],
  ],
  [
    'another version of a template',
    'launches',
    'changed what a group launches',
    [['CreateLaunchTemplateVersion', { LaunchTemplateName: 'web' }]],
  ],
  [
    'weight that rises again after it was taken back',
    'one direction',
    'raised new again after it had been taken back',
    [...back.slice(0, 2), ['ModifyListener', weights(90, 10)]],
  ],
  [
    'the next deployment turning twice',
    'one direction',
    'raised new again after it had been taken back',
    [
      ...back,
      ...next,
      ['ModifyListener', shares({ [oldArn]: 100, [nextArn]: 0 })],
      ['ModifyListener', shares({ [oldArn]: 50, [nextArn]: 50 })],
    ],
  ],
];

test.each(breaches)('%s is a breach', (_name, rule, text, calls) => {
  const found = ledgerBreaches({ ledger: ledger(...made, ...calls), beginning });
  expect(found.filter((breach) => breach.startsWith(`${rule}: `)).join('\n')).toContain(text);
});

test('every rule has been seen to catch something', () => {
  expect(Object.keys(ledgerRules).sort()).toEqual([...new Set(breaches.map(([, rule]) => rule))].sort());
});

test('what somebody else does is no breach, and a policy may let a person’s group go', () => {
  const theirs = ledger(...made, ['DeleteAutoScalingGroup', { AutoScalingGroupName: 'web-v1', ForceDelete: true }]);
  const asOutsider = theirs.map((entry, index) => ({
    ...entry,
    caller: index < made.length ? entry.caller : 'outsider',
  }));
  expect(ledgerBreaches({ ledger: asOutsider, beginning })).toEqual([]);
  const byPolicy = ledger(
    ...made,
    ['ModifyListener', weights(0, 100)],
    ['DeleteAutoScalingGroup', { AutoScalingGroupName: 'web-v1' }],
  );
  expect(ledgerBreaches({ ledger: byPolicy, beginning })).toHaveLength(1);
  expect(ledgerBreaches({ ledger: byPolicy, beginning, deletable: ['web-v1'] })).toEqual([]);
});

test('a write that was decided before servers were lost is no breach', () => {
  const late = ledger(...made, ['ModifyListener', weights(50, 50), [4, 0]]);
  expect(ledgerBreaches({ ledger: late, beginning, lostUnseen: (atMs) => atMs === made.length })).toEqual([]);
});
