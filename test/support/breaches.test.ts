import type { LedgerEntry } from '../../sandbox/control/types';
import { breachesIn } from './breaches';

const oldArn = 'arn:x:targetgroup/web/1';
const newArn = 'arn:x:targetgroup/web-abc-1/2';
const tags = [{ Key: 'fleetshift:deployment', Value: 'abc' }];

function ledger(...calls: [operation: string, input: object, healthy?: [old: number, next: number]][]): LedgerEntry[] {
  return calls.map(([operation, input, [old, next] = [4, 4]], index) => ({
    seq: index + 1,
    atMs: index,
    caller: 'fleetshift',
    service: 'autoscaling',
    operation,
    input,
    outcome: 'applied',
    healthyTargets: { [oldArn]: old, [newArn]: next },
  }));
}

const weights = (forOld: number, forNew: number): object => ({
  ListenerArn: 'listener',
  DefaultActions: [
    {
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: oldArn, Weight: forOld },
          { TargetGroupArn: newArn, Weight: forNew },
        ],
      },
    },
  ],
});
const onlyOld = {
  ListenerArn: 'listener',
  DefaultActions: [{ ForwardConfig: { TargetGroups: [{ TargetGroupArn: oldArn, Weight: 100 }] } }],
};
const made: Parameters<typeof ledger> = [
  ['CreateTargetGroup', { Name: 'web-abc-1', Tags: tags }],
  ['ModifyListener', weights(100, 0)],
  ['CreateLaunchTemplate', { LaunchTemplateName: 'web-1-abc', TagSpecifications: [{ Tags: tags }] }],
  ['CreateAutoScalingGroup', { AutoScalingGroupName: 'web-1-abc', TargetGroupARNs: [newArn], Tags: tags }],
];
const toZero = (AutoScalingGroupName: string) => ({ AutoScalingGroupName, MinSize: 0, DesiredCapacity: 0 });

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
  [
    'a rollback',
    [
      ...made,
      ['ModifyListener', weights(50, 50)],
      ['ModifyListener', weights(100, 0)],
      ['ModifyListener', onlyOld],
      ['UpdateAutoScalingGroup', toZero('web-1-abc')],
      ['DeleteTargetGroup', { TargetGroupArn: newArn }],
    ],
  ],
  [
    'giving back to old what it can carry',
    [...made, ['ModifyListener', weights(0, 100)], ['ModifyListener', weights(25, 75), [1, 4]]],
  ],
  [
    'giving everything to the one server that is left of both fleets',
    [...made, ['ModifyListener', weights(0, 100)], ['ModifyListener', weights(100, 0), [1, 0]]],
  ],
  ['a repeated creation of a target group, which AWS answers with the first', [...made, ...made.slice(0, 1)]],
])('%s breaks no rule', (_name, calls) => {
  expect(breachesIn(ledger(...calls))).toEqual([]);
});

test.each<[string, string, Parameters<typeof ledger>]>([
  ['weight for a fleet without healthy servers', 'from 0 to 10 %', [['ModifyListener', weights(90, 10), [4, 0]]]],
  ['more weight than healthy servers for it', '1 healthy targets of 2', [['ModifyListener', weights(50, 50), [4, 1]]]],
  [
    'old getting back more than it can carry',
    'from 0 to 100 %',
    [
      ['ModifyListener', weights(0, 100)],
      ['ModifyListener', weights(100, 0), [3, 4]],
    ],
  ],
  ['old scaled in before its weight is gone', 'gave it weight', [['UpdateAutoScalingGroup', toZero('web-v1')]]],
  [
    'new scaled in while it has weight',
    'gave it weight',
    [
      ['ModifyListener', weights(50, 50)],
      ['UpdateAutoScalingGroup', toZero('web-1-abc')],
    ],
  ],
  ['a referenced target group removed', 'referred to it', [['DeleteTargetGroup', { TargetGroupArn: newArn }]]],
  ['a target group of somebody else removed', 'no deployment', [['DeleteTargetGroup', { TargetGroupArn: oldArn }]]],
  ['force', 'forced', [['DeleteAutoScalingGroup', { AutoScalingGroupName: 'web-1-abc', ForceDelete: true }]]],
  ['the same group twice', 'once more', made.slice(3)],
  [
    'a second clone of one deployment',
    'made web-1-abc and web-2-abc',
    [['CreateAutoScalingGroup', { AutoScalingGroupName: 'web-2-abc', Tags: tags }]],
  ],
  [
    'another revision for a group that exists',
    'changed what a group launches',
    [['UpdateAutoScalingGroup', { AutoScalingGroupName: 'web-v1', LaunchTemplate: {} }]],
  ],
])('%s is a breach', (_name, text, calls) => {
  expect(breachesIn(ledger(...made, ...calls)).join('\n')).toContain(text);
});
