import { AutoScalingGroup$, CreateAutoScalingGroupType$ } from '@aws-sdk/client-auto-scaling';
import { CreateTargetGroupInput$, TargetGroup$ } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  cloneInput,
  copiedFields,
  describeOnlyFields,
  differences,
  refusedFields,
  replacedFields,
  uncopied,
  type GroupDescription,
} from '../../domain/clone';
import { copiedTargetGroupFields, describeOnlyTargetGroupFields, targetGroupCopy } from '../../domain/target-group';

const nothingBeside = {
  lifecycleHooks: [],
  scalingPolicies: [],
  scheduledActions: [],
  notificationTopics: [],
  warmPool: false,
};

/** Names of a structure's members in the SDK's runtime schema. */
function membersOf(schema: unknown): string[] {
  return (schema as [number, string, string, unknown, string[]])[4];
}

function plainGroup(extra: Partial<GroupDescription> = {}): GroupDescription {
  return {
    AutoScalingGroupName: 'web-v1',
    MaxSize: 6,
    VPCZoneIdentifier: 'subnet-1,subnet-2',
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 30,
    Tags: [
      { Key: 'service', Value: 'web', PropagateAtLaunch: true },
      { Key: 'aws:cloudformation:stack-name', Value: 'web', PropagateAtLaunch: true },
      { Key: 'fleetshift:deployment', Value: 'earlier', PropagateAtLaunch: true },
    ],
    ...extra,
  };
}

test('every field that AWS describes is copied, replaced, dropped on purpose or refused – exactly one of them', () => {
  const listed = [...copiedFields, ...replacedFields, ...describeOnlyFields, ...refusedFields].sort();
  expect(listed).toEqual([...membersOf(AutoScalingGroup$)].sort());
});

test('every copied or replaced field can be given when a group is created', () => {
  const creatable = membersOf(CreateAutoScalingGroupType$);
  expect([...copiedFields, ...replacedFields].filter((field) => !creatable.includes(field))).toEqual([]);
});

test('a clone begins empty, with the tags of the source less the reserved ones and ours', () => {
  const input = cloneInput({
    source: plainGroup({ DefaultInstanceWarmup: 0 }),
    groupName: 'web-2-abc',
    template: { id: 'lt-1', version: '1' },
    targetGroupArns: ['arn:new'],
    tags: { 'fleetshift:deployment': 'now' },
    groupTags: { 'fleetshift:replaces': 'web-v1' },
  });
  expect(input).toMatchObject({
    MinSize: 0,
    DesiredCapacity: 0,
    MaxSize: 6,
    DefaultInstanceWarmup: 0,
    HealthCheckType: 'ELB',
  });
  expect(input.Tags.map((tag) => [tag.ResourceId, tag.Key, tag.Value, tag.PropagateAtLaunch])).toEqual([
    ['web-2-abc', 'service', 'web', true],
    ['web-2-abc', 'fleetshift:deployment', 'now', true],
    ['web-2-abc', 'fleetshift:replaces', 'web-v1', false],
  ]);
});

test('a plain group has nothing that a clone would lose', () => {
  expect(uncopied(plainGroup(), nothingBeside)).toEqual([]);
});

test('values that mean the same as absence do not make a source unfit', () => {
  const group = plainGroup({
    DeletionProtection: 'none',
    NewInstancesProtectedFromScaleIn: false,
    SuspendedProcesses: [],
    EnabledMetrics: [],
    LoadBalancerNames: [],
    CapacityReservationSpecification: { CapacityReservationPreference: 'default' },
  });
  expect(uncopied(group, nothingBeside)).toEqual([]);
});

test.each(refusedFields)('%s makes a source unfit, by name', (field) => {
  const value = field === 'NewInstancesProtectedFromScaleIn' ? true : ['something'];
  expect(uncopied(plainGroup({ [field]: value }), nothingBeside)).toEqual([field]);
});

test('hooks, policies, schedules, notifications and warm pools are named', () => {
  const lost = uncopied(plainGroup(), {
    lifecycleHooks: ['drain-first'],
    scalingPolicies: ['cpu'],
    scheduledActions: ['night'],
    notificationTopics: ['arn:topic'],
    warmPool: true,
  });
  expect(lost.join('; ')).toBe(
    'lifecycle hooks drain-first; scaling policies cpu; scheduled actions night; notifications arn:topic; warm pool',
  );
});

test('a read-back that lacks a copied field is a difference', () => {
  const input = cloneInput({
    source: plainGroup({ InstanceMaintenancePolicy: { MinHealthyPercentage: 90, MaxHealthyPercentage: 110 } }),
    groupName: 'web-2',
    template: { id: 'lt-1', version: '1' },
    targetGroupArns: [],
    tags: {},
    groupTags: {},
  });
  expect(
    differences(input, {
      ...input,
      InstanceMaintenancePolicy: { MaxHealthyPercentage: 110, MinHealthyPercentage: 90 },
    }),
  ).toEqual([]);
  expect(differences(input, { ...input, HealthCheckGracePeriod: 0 })).toEqual(['HealthCheckGracePeriod']);
});

test('every field of a target group is copied or dropped on purpose, and every copied one can be given', () => {
  const listed = [...copiedTargetGroupFields, ...describeOnlyTargetGroupFields].sort();
  expect(listed).toEqual([...membersOf(TargetGroup$)].sort());
  expect(copiedTargetGroupFields.filter((field) => !membersOf(CreateTargetGroupInput$).includes(field))).toEqual([]);
});

test('a copied target group has its settings and tags, less the reserved ones', () => {
  const source = { TargetGroupArn: 'arn:old', Port: 8080, Matcher: { HttpCode: '200' }, LoadBalancerArns: ['arn:lb'] };
  const copy = targetGroupCopy({
    source,
    sourceTags: { team: 'web', 'aws:x': '1' },
    name: 'web-1',
    tags: { own: 'yes' },
  });
  expect(copy).toEqual({
    Name: 'web-1',
    Port: 8080,
    Matcher: { HttpCode: '200' },
    Tags: [
      { Key: 'team', Value: 'web' },
      { Key: 'own', Value: 'yes' },
    ],
  });
});

test("the account's default service-linked role is not named, a custom one is", () => {
  const roleOf = (ServiceLinkedRoleARN: string) =>
    cloneInput({
      source: plainGroup({ ServiceLinkedRoleARN }),
      groupName: 'web-2',
      template: { id: 'lt-1', version: '1' },
      targetGroupArns: [],
      tags: {},
      groupTags: {},
    }) as { ServiceLinkedRoleARN?: string };
  const base = 'arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
  expect(roleOf(base).ServiceLinkedRoleARN).toBeUndefined();
  expect(roleOf(`${base}_web`).ServiceLinkedRoleARN).toBe(`${base}_web`);
});
