import { makePlan } from '../../domain/plan';
import type { PlanFacts } from '../../domain/plan-facts';
import { parseServiceFile, type ServiceConfig } from '../../domain/service-file';

const uuid = '7f3a9c1b-2d4e-4f60-8a71-92b3c4d5e6f7';

function service(extra: object = {}): ServiceConfig {
  const answer = parseServiceFile({ service: 'web', region: 'eu-west-1', source: { group: 'web-v1' }, ...extra });
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return answer.service;
}

function facts(change: (facts: PlanFacts) => void = () => undefined): PlanFacts {
  const base: PlanFacts = {
    service: service(),
    uuid,
    number: 7,
    imageId: 'ami-2',
    group: {
      AutoScalingGroupName: 'web-v1',
      arn: 'arn:group-web-v1',
      VPCZoneIdentifier: 'subnet-1',
      minSize: 2,
      maxSize: 6,
      desiredCapacity: 3,
      tags: { service: 'web' },
    },
    sub: {
      lifecycleHooks: [],
      scalingPolicies: [],
      scheduledActions: [],
      notificationTopics: [],
      warmPool: false,
      runningInstanceRefresh: false,
    },
    template: { id: 'lt-1', versions: ['4'], imageId: 'ami-1', pinnedSnapshots: [] },
    targetGroups: [
      {
        arn: 'arn:tg',
        name: 'web',
        dimension: 'targetgroup/web/1',
        targetType: 'instance',
        protocol: 'HTTP',
        attributes: { 'stickiness.enabled': 'false' },
        tags: {},
        healthy: 3,
        foreignTargets: [],
      },
    ],
    routes: [
      { kind: 'listener', arn: 'arn:listener', loadBalancer: 'app/web/1', actions: forward({ 'arn:tg': 1 }), tags: {} },
      {
        kind: 'rule',
        arn: 'arn:rule',
        loadBalancer: 'app/web/1',
        actions: forward({ 'arn:tg': 100, 'arn:kept': 0 }),
        tags: {},
      },
    ],
    newImage: { imageId: 'ami-2', state: 'available', architecture: 'arm64' },
    oldImage: { imageId: 'ami-1', state: 'available', architecture: 'arm64' },
    oldRequestsPerPeriod: 6000,
    canNotify: true,
    balancerErrorRate: 0,
  };
  change(base);
  return base;
}

function forward(weights: Record<string, number>, sticky = false) {
  const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  return [{ Type: 'forward', ForwardConfig: { TargetGroups, TargetGroupStickinessConfig: { Enabled: sticky } } }];
}

function problemsOf(change: (facts: PlanFacts) => void): string {
  const answer = makePlan(facts(change));
  return answer.kind === 'refused' ? answer.problems.join('\n') : 'planned';
}

function warningsOf(change: (facts: PlanFacts) => void): string {
  const answer = makePlan(facts(change));
  return answer.kind === 'planned' ? answer.plan.warnings.join('\n') : `refused: ${answer.problems.join('\n')}`;
}

test('a plan names everything that will be made, every route, and the shares less the holdback', () => {
  const answer = makePlan(facts());
  expect(answer).toMatchObject({
    kind: 'planned',
    plan: {
      old: { groupName: 'web-v1', minSize: 2, desiredCapacity: 3, healthyServers: 3 },
      template: { id: 'lt-1', version: '4' },
      names: { group: 'web-7-7f3a9c1b2d4e', targetGroups: ['web-7f3a9c1b2d4e-1'] },
      routes: [
        { kind: 'listener', pair: 0 },
        { kind: 'rule', pair: 0 },
      ],
      holdbackPercent: 2,
      stepPercents: [1, 5, 10, 25, 50, 98],
      warnings: [],
    },
  });
});

test.each<[string, (facts: PlanFacts) => void, string]>([
  ['a lifecycle hook', (f) => f.sub.lifecycleHooks.push('drain'), 'lifecycle hooks drain'],
  ['a scaling policy', (f) => f.sub.scalingPolicies.push('cpu'), 'scaling policies cpu'],
  ['a mixed instances policy', (f) => (f.group.MixedInstancesPolicy = { LaunchTemplate: {} }), 'MixedInstancesPolicy'],
  ['a warm pool', (f) => (f.sub.warmPool = true), 'warm pool'],
  ['no server', (f) => (f.group.desiredCapacity = 0), 'desired capacity 0'],
  ['a group being deleted', (f) => (f.group.Status = 'Delete in progress'), 'being deleted'],
  ['an instance refresh', (f) => (f.sub.runningInstanceRefresh = true), 'instance refresh'],
  [
    'mixed template versions',
    (f) => (f.template = { id: 'lt-1', versions: ['4', '5'], imageId: '', pinnedSnapshots: [] }),
    '4, 5',
  ],
  ['no readable template', (f) => (f.template = null), 'cannot be read'],
  ['pinned snapshots', (f) => f.template?.pinnedSnapshots.push('/dev/xvda'), '/dev/xvda'],
  ['an unknown image', (f) => (f.newImage = null), 'image ami-2 does not exist'],
  ['an image that is not available', (f) => f.newImage && (f.newImage.state = 'pending'), 'is pending'],
  ['another architecture', (f) => f.newImage && (f.newImage.architecture = 'x86_64'), 'x86_64'],
  [
    'target stickiness',
    (f) => f.targetGroups[0] && (f.targetGroups[0].attributes['stickiness.enabled'] = 'true'),
    'sticky',
  ],
  ['route stickiness', (f) => f.routes[0] && (f.routes[0].actions = forward({ 'arn:tg': 1 }, true)), 'stickiness'],
  ['ip targets', (f) => f.targetGroups[0] && (f.targetGroups[0].targetType = 'ip'), 'of type ip'],
  [
    'a foreign weight',
    (f) => f.routes[0] && (f.routes[0].actions = forward({ 'arn:tg': 1, 'arn:else': 3 })),
    'arn:else (weight 3)',
  ],
  ['a target of somebody else', (f) => f.targetGroups[0]?.foreignTargets.push('i-else'), 'i-else'],
  [
    'a full forward action',
    (f) => f.routes[0] && (f.routes[0].actions = forward({ 'arn:tg': 1, a: 0, b: 0, c: 0, d: 0 })),
    '5 target groups',
  ],
  ['a target group in no route', (f) => (f.routes = []), 'in no listener rule'],
  ['no target group', (f) => (f.targetGroups = []), 'in no target group'],
])('%s is refused by name', (_name, change, text) => {
  expect(problemsOf(change)).toContain(text);
});

test('a route that is full makes room by itself; with another problem beside it the plan is refused', () => {
  const isFull = (f: PlanFacts) =>
    f.routes[0] && (f.routes[0].actions = forward({ 'arn:tg': 1, a: 0, b: 0, c: 0, d: 0 }));
  expect(makePlan(facts(isFull))).toMatchObject({ kind: 'refused', makesRoom: true });
  const both = makePlan(facts((f) => isFull(f) && f.sub.lifecycleHooks.push('drain')));
  expect(both).toMatchObject({ kind: 'refused', problems: [expect.any(String), expect.any(String)] });
  expect(both).not.toHaveProperty('makesRoom');
});

test.each<[string, (facts: PlanFacts) => void, string]>([
  [
    'a rule tagged by Terraform',
    (f) => f.routes[1] && (f.routes[1].tags = { ManagedBy: 'terraform' }),
    'aws_lb_listener_rule: lifecycle { ignore_changes = [action] }',
  ],
  [
    'a listener tagged by Terraform',
    (f) => f.routes[0] && (f.routes[0].tags = { terraform: 'true' }),
    'aws_lb_listener: lifecycle { ignore_changes = [default_action] }',
  ],
  [
    'a group of a CloudFormation stack',
    (f) => (f.group.tags = { 'aws:cloudformation:stack-id': 'x' }),
    'CloudFormation stack',
  ],
  ['a short metric period', (f) => (f.service = service({ judge: { period: '10s' } })), 'judge.period is 10 s'],
  ['little traffic', (f) => (f.oldRequestsPerPeriod = 10), 'judge.minimumRequests'],
  ['sick old servers', (f) => f.targetGroups[0] && (f.targetGroups[0].healthy = 1), 'only 1 of 3'],
  [
    'a webhook that this worker cannot sign for',
    (f) => {
      f.service = service({ notify: { webhook: 'https://example.com/hook' } });
      f.canNotify = false;
    },
    'nobody will be told at https://example.com/hook',
  ],
  ['the same image', (f) => f.oldImage && (f.oldImage.imageId = 'ami-2'), 'already have image'],
])('%s is a warning', (_name, change, text) => {
  expect(warningsOf(change)).toContain(text);
});

test('a rollback is planned over what it undoes, and refused over what has come since', () => {
  const undoes = 'deploy:web.production.eu-west-1:0f9e';
  const madeBy = (made: string) => (f: PlanFacts) => {
    f.undoes = undoes;
    f.group.tags = { 'fleetshift:service': 'web.production.eu-west-1', 'fleetshift:deployment': made };
  };
  expect(problemsOf(madeBy('0f9e'))).toBe('planned');
  expect(problemsOf(madeBy('77aa'))).toContain(`group web-v1 has the traffic now, which ${undoes} did not make`);
  expect(problemsOf((f) => (f.undoes = undoes))).toContain('nothing of that is left to roll back');
});
