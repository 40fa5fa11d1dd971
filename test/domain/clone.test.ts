import { AutoScalingGroup$, CreateAutoScalingGroupType$ } from '@aws-sdk/client-auto-scaling';
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
  });
  expect(input).toMatchObject({
    MinSize: 0,
    DesiredCapacity: 0,
    MaxSize: 6,
    DefaultInstanceWarmup: 0,
    HealthCheckType: 'ELB',
  });
  expect(input.Tags.map((tag) => [tag.ResourceId, tag.Key, tag.Value])).toEqual([
    ['web-2-abc', 'service', 'web'],
    ['web-2-abc', 'fleetshift:deployment', 'now'],
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
  });
  expect(
    differences(input, {
      ...input,
      InstanceMaintenancePolicy: { MaxHealthyPercentage: 110, MinHealthyPercentage: 90 },
    }),
  ).toEqual([]);
  expect(differences(input, { ...input, HealthCheckGracePeriod: 0 })).toEqual(['HealthCheckGracePeriod']);
});
