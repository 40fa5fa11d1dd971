import { randomUUID } from 'node:crypto';
import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  RemoveTagsCommand,
  type Action,
  type CreateTargetGroupCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describeGroup, errorOf, startTestCloud, type Clients, type TestCloud } from './test-cloud';

let cloud: TestCloud;
let clients: Clients;
beforeAll(async () => {
  cloud = await startTestCloud();
  clients = cloud.clients;
});
afterAll(() => cloud.sandbox.close());

async function createTargetGroup(changes: Partial<CreateTargetGroupCommandInput> = {}): Promise<string> {
  const command = new CreateTargetGroupCommand({
    Name: `t-${randomUUID().slice(0, 8)}`,
    Protocol: 'HTTP',
    Port: 8080,
    ...changes,
  });
  return (await clients.elb.send(command)).TargetGroups?.[0]?.TargetGroupArn ?? '';
}

async function createListener(actions: Action[]): Promise<string> {
  const balancer = await clients.elb.send(
    new CreateLoadBalancerCommand({ Name: `b-${randomUUID().slice(0, 8)}`, Subnets: ['subnet-a', 'subnet-b'] }),
  );
  const listener = await clients.elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 0,
      DefaultActions: actions,
    }),
  );
  return listener.Listeners?.[0]?.ListenerArn ?? '';
}

async function createRule(ListenerArn: string, Actions: Action[], Priority = 10): Promise<string> {
  const answer = await clients.elb.send(
    new CreateRuleCommand({
      ListenerArn,
      Actions,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: ['/a/*'] }],
    }),
  );
  return answer.Rules?.[0]?.RuleArn ?? '';
}

async function rulesOf(ListenerArn: string) {
  return (await clients.elb.send(new DescribeRulesCommand({ ListenerArn }))).Rules ?? [];
}

const forward = (...entries: [arn: string, weight?: number][]): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: entries.map(([TargetGroupArn, Weight]) => ({
      TargetGroupArn,
      ...(Weight === undefined ? {} : { Weight }),
    })),
  },
});
const fixed: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };

test('a target group is made once: equal settings answer it again, others are refused', async () => {
  const Name = `t-${randomUUID().slice(0, 8)}`;
  const arn = await createTargetGroup({ Name, HealthCheckPath: '/x' });
  expect(await createTargetGroup({ Name, HealthCheckPath: '/x' })).toBe(arn);
  expect((await errorOf(createTargetGroup({ Name }))).name).toBe('DuplicateTargetGroupNameException');
});

test.each(['a'.repeat(33), '-edge', 'edge-', 'under_score'])('the target group name %s is refused', async (Name) => {
  expect((await errorOf(createTargetGroup({ Name }))).name).toBe('ValidationError');
});

test.each([
  { HealthCheckIntervalSeconds: 4 },
  { HealthCheckTimeoutSeconds: 1 },
  { HealthyThresholdCount: 1 },
  { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 },
])('health check settings outside of what AWS takes are refused: %j', async (changes) => {
  expect((await errorOf(createTargetGroup(changes))).name).toBe('ValidationError');
});

test('a target group is in use while a rule names it, even at weight 0', async () => {
  const [kept, idle] = [await createTargetGroup(), await createTargetGroup()];
  const rule = await createRule(await createListener([fixed]), [forward([kept, 1], [idle, 0])]);
  const remove = () => clients.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: idle }));
  expect((await errorOf(remove())).name).toBe('ResourceInUseException');
  await clients.elb.send(new ModifyRuleCommand({ RuleArn: rule, Actions: [forward([kept])] }));
  await remove();
  const find = clients.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [idle] }));
  expect((await errorOf(find)).name).toBe('TargetGroupNotFoundException');
});

test('a target group lists its balancers exactly while a rule names it', async () => {
  const arn = await createTargetGroup();
  const balancers = async () => {
    const answer = await clients.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
    return answer.TargetGroups?.[0]?.LoadBalancerArns;
  };
  expect(await balancers()).toEqual([]);
  const rule = await createRule(await createListener([fixed]), [forward([arn])]);
  expect(await balancers()).toHaveLength(1);
  await clients.elb.send(new DeleteRuleCommand({ RuleArn: rule }));
  expect(await balancers()).toEqual([]);
});

test('weight 0 is kept apart from no weight, and the balancer is told', async () => {
  const [a, b] = [await createTargetGroup(), await createTargetGroup()];
  const listener = await createListener([fixed]);
  await createRule(listener, [forward([a], [b, 0])]);
  const [rule] = await rulesOf(listener);
  expect(rule?.Actions?.[0]?.ForwardConfig?.TargetGroups).toEqual([
    { TargetGroupArn: a, Weight: 1 },
    { TargetGroupArn: b, Weight: 0 },
  ]);
  expect(cloud.dataPlane.listeners.get(listener)?.rules[0]?.action).toEqual({
    kind: 'forward',
    targetGroups: [
      { targetGroupArn: a, weight: 1 },
      { targetGroupArn: b, weight: 0 },
    ],
  });
});

test('a forward to one target group is described in both spellings, and can be widened only without the short one', async () => {
  const [a, b] = [await createTargetGroup(), await createTargetGroup()];
  const listener = await createListener([fixed]);
  const RuleArn = await createRule(listener, [{ Type: 'forward', TargetGroupArn: a }]);
  const [action] = (await rulesOf(listener))[0]?.Actions ?? [];
  expect(action).toMatchObject({ TargetGroupArn: a, ForwardConfig: { TargetGroups: [{ TargetGroupArn: a }] } });
  const both = clients.elb.send(
    new ModifyRuleCommand({ RuleArn, Actions: [{ ...forward([a, 1], [b, 1]), TargetGroupArn: a }] }),
  );
  expect((await errorOf(both)).name).toBe('ValidationError');
  await clients.elb.send(new ModifyRuleCommand({ RuleArn, Actions: [forward([a, 1], [b, 1])] }));
  expect((await rulesOf(listener))[0]?.Actions?.[0]?.TargetGroupArn).toBeUndefined();
});

test('what a forward may hold: five target groups, weights to 999, each only once', async () => {
  const arns = await Promise.all(Array.from({ length: 6 }, () => createTargetGroup()));
  const [first = ''] = arns;
  const listener = await createListener([fixed]);
  const refusal = async (...entries: [string, number][]) =>
    (await errorOf(createRule(listener, [forward(...entries)]))).name;
  expect(await refusal(...arns.map((arn): [string, number] => [arn, 1]))).toBe('TooManyTargetGroupsException');
  expect(await refusal([first, 1000])).toBe('ValidationError');
  expect(await refusal([first, -1])).toBe('ValidationError');
  expect(await refusal([first, 1], [first, 2])).toBe('ValidationError');
  expect(await refusal(['arn:none', 1])).toBe('TargetGroupNotFoundException');
});

test('a target group belongs to one balancer', async () => {
  const arn = await createTargetGroup();
  await createListener([forward([arn])]);
  expect((await errorOf(createListener([forward([arn])]))).name).toBe('TargetGroupAssociationLimitException');
});

test('the default rule changes through its listener only', async () => {
  const arn = await createTargetGroup();
  const listener = await createListener([fixed]);
  const [rule] = await rulesOf(listener);
  expect(rule).toMatchObject({ IsDefault: true, Priority: 'default' });
  const modify = clients.elb.send(new ModifyRuleCommand({ RuleArn: rule?.RuleArn, Actions: [forward([arn])] }));
  expect((await errorOf(modify)).name).toBe('OperationNotPermittedException');
  await clients.elb.send(new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: [forward([arn, 7])] }));
  expect((await rulesOf(listener))[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups).toEqual([
    { TargetGroupArn: arn, Weight: 7 },
  ]);
});

test('ModifyRule replaces the whole action list and leaves the conditions alone', async () => {
  const arn = await createTargetGroup();
  const listener = await createListener([fixed]);
  const login: Action = {
    Type: 'authenticate-cognito',
    Order: 1,
    AuthenticateCognitoConfig: { UserPoolArn: 'arn:pool', UserPoolClientId: 'c', UserPoolDomain: 'd' },
  };
  const RuleArn = await createRule(listener, [login, { ...fixed, Order: 2 }]);
  expect((await rulesOf(listener))[0]?.Actions?.map((action) => action.Type)).toEqual([
    'authenticate-cognito',
    'fixed-response',
  ]);
  await clients.elb.send(new ModifyRuleCommand({ RuleArn, Actions: [forward([arn])] }));
  const [rule] = await rulesOf(listener);
  expect(rule?.Actions?.map((action) => action.Type)).toEqual(['forward']);
  expect(rule?.Conditions?.[0]?.PathPatternConfig?.Values).toEqual(['/a/*']);
});

test('two rules of one priority, or a condition that the balancer cannot match, are refused', async () => {
  const listener = await createListener([fixed]);
  await createRule(listener, [fixed], 5);
  expect((await errorOf(createRule(listener, [fixed], 5))).name).toBe('PriorityInUseException');
  const header = clients.elb.send(
    new CreateRuleCommand({
      ListenerArn: listener,
      Priority: 6,
      Actions: [fixed],
      Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x', Values: ['y'] } }],
    }),
  );
  expect((await errorOf(header)).message).toMatch(/not modelled by the sandbox/);
});

test('a sticky target group among several needs stickiness of the rule', async () => {
  const [a, b] = [await createTargetGroup(), await createTargetGroup()];
  await clients.elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: a,
      Attributes: [{ Key: 'stickiness.enabled', Value: 'true' }],
    }),
  );
  const listener = await createListener([fixed]);
  const split = forward([a, 1], [b, 1]);
  expect((await errorOf(createRule(listener, [split]))).name).toBe('InvalidConfigurationRequestException');
  const sticky: Action = {
    ...split,
    ForwardConfig: { ...split.ForwardConfig, TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } },
  };
  await createRule(listener, [sticky]);
});

test('the deregistration delay reaches the balancer, and keeps to its range', async () => {
  const TargetGroupArn = await createTargetGroup();
  const set = (Value: string) =>
    clients.elb.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value }],
      }),
    );
  await set('17');
  expect(cloud.dataPlane.settings.get(TargetGroupArn)?.deregistrationDelaySeconds).toBe(17);
  expect((await errorOf(set('3601'))).name).toBe('ValidationError');
  const answer = await clients.elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  expect(answer.Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '17' });
});

test('a target that is not registered is described as unused', async () => {
  const TargetGroupArn = (await describeGroup(clients, 'web-v1')).TargetGroupARNs?.[0];
  const answer = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn, Targets: [{ Id: 'i-0' }] }));
  expect(answer.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({
    State: 'unused',
    Reason: 'Target.NotRegistered',
  });
});

test('tags are added and removed', async () => {
  const arn = await createTargetGroup({ Tags: [{ Key: 'a', Value: '1' }] });
  await clients.elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: 'b', Value: '2' }] }));
  await clients.elb.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: ['a'] }));
  const answer = await clients.elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
  expect(answer.TagDescriptions).toEqual([{ ResourceArn: arn, Tags: [{ Key: 'b', Value: '2' }] }]);
});

test('a listener shows the port that is really open', async () => {
  const listener = await createListener([fixed]);
  const answer = await clients.elb.send(new DescribeListenersCommand({ ListenerArns: [listener] }));
  expect(answer.Listeners?.[0]?.Port).toBeGreaterThan(0);
});
