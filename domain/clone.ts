/**
 * Copying an Auto Scaling group: which fields of its description go into the creation of the clone, which are left
 * out on purpose, and which make a source unfit because a copy would lose them. A test holds this list against every
 * field that the SDK knows, so that a new one fails the build instead of being dropped in silence.
 */
import { isCopyableTag } from './names';

/** Set anew for the clone, never copied. */
export const replacedFields = [
  'AutoScalingGroupName',
  'MinSize',
  'MaxSize',
  'DesiredCapacity',
  'LaunchTemplate',
  'TargetGroupARNs',
  'Tags',
] as const;

/** Copied as they are when the source has them. */
export const copiedFields = [
  'DefaultCooldown',
  'VPCZoneIdentifier',
  'HealthCheckType',
  'HealthCheckGracePeriod',
  'TerminationPolicies',
  'ServiceLinkedRoleARN',
  'MaxInstanceLifetime',
  'CapacityRebalance',
  'Context',
  'DefaultInstanceWarmup',
  'InstanceMaintenancePolicy',
  'AvailabilityZoneDistribution',
  'AvailabilityZoneImpairmentPolicy',
] as const;

/** Facts about the source itself, which a new group has of its own. */
export const describeOnlyFields = [
  'AutoScalingGroupARN',
  'CreatedTime',
  'Status',
  'Instances',
  'PredictedCapacity',
  // Views of what is copied in another form: zones follow the subnets, traffic sources repeat the target groups.
  'AvailabilityZones',
  'AvailabilityZoneIds',
  'TrafficSources',
  'WarmPoolSize',
] as const;

/** A source that has one of these set is refused: the clone could not be complete yet. */
export const refusedFields = [
  'DesiredCapacityType',
  'LaunchConfigurationName',
  'MixedInstancesPolicy',
  'LoadBalancerNames',
  'PlacementGroup',
  'NewInstancesProtectedFromScaleIn',
  'SuspendedProcesses',
  'EnabledMetrics',
  'WarmPoolConfiguration',
  'CapacityReservationSpecification',
  'InstanceLifecyclePolicy',
  'DeletionProtection',
  'Operator',
] as const;

/** An Auto Scaling group as AWS describes it, as far as this module looks inside. */
export type GroupDescription = {
  [Field in (typeof copiedFields)[number] | (typeof refusedFields)[number]]?: unknown;
} & {
  AutoScalingGroupName?: string | undefined;
  VPCZoneIdentifier?: string | undefined;
  MaxSize?: number | undefined;
  Tags?: GroupTag[] | undefined;
  TargetGroupARNs?: string[] | undefined;
  TrafficSources?: { Identifier?: string | undefined; Type?: string | undefined }[] | undefined;
  Status?: string | undefined;
};

export interface GroupTag {
  Key?: string | undefined;
  Value?: string | undefined;
  PropagateAtLaunch?: boolean | undefined;
}

/** Values that mean the same as the field being absent. */
const inertValues: Partial<Record<(typeof refusedFields)[number], readonly unknown[]>> = {
  DesiredCapacityType: ['units'],
  DeletionProtection: ['none'],
  NewInstancesProtectedFromScaleIn: [false],
  CapacityReservationSpecification: [{ CapacityReservationPreference: 'default' }],
  InstanceLifecyclePolicy: [{ RetentionTriggers: { TerminateHookAbandon: 'terminate' } }],
};

/** What a clone of this group would lose today, in words; empty when nothing. */
export function uncopied(
  group: GroupDescription,
  sub: {
    lifecycleHooks: string[];
    scalingPolicies: string[];
    scheduledActions: string[];
    notificationTopics: string[];
    warmPool: boolean;
  },
): string[] {
  const losses = refusedFields.filter((field) => isSet(group[field], inertValues[field])).map((field): string => field);
  const named = (what: string, names: string[]) => (names.length === 0 ? [] : [`${what} ${names.join(', ')}`]);
  const classic = (group.TrafficSources ?? []).filter((source) => source.Type !== undefined && source.Type !== 'elbv2');
  return [
    ...losses,
    ...named('lifecycle hooks', sub.lifecycleHooks),
    ...named('scaling policies', sub.scalingPolicies),
    ...named('scheduled actions', sub.scheduledActions),
    ...named('notifications', sub.notificationTopics),
    ...(sub.warmPool ? ['warm pool'] : []),
    ...named(
      'traffic sources',
      classic.map((source) => `${source.Type} ${source.Identifier}`),
    ),
    ...(isSet(group.VPCZoneIdentifier, undefined) ? [] : ['zones without subnets (VPCZoneIdentifier is empty)']),
  ];
}

/** AWS always tells the account's default service-linked role; to name it would need a permission of its own. */
function isDefaultRole(value: unknown): boolean {
  return typeof value === 'string' && value.endsWith('/AWSServiceRoleForAutoScaling');
}

function isSet(value: unknown, inert: readonly unknown[] | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return !(inert ?? []).some((one) => canonical(one) === canonical(value));
}

/** Input of CreateAutoScalingGroup for the clone, at 0/0/0: it is raised only when everything hangs on it. */
export function cloneInput(input: {
  source: GroupDescription;
  groupName: string;
  template: { id: string; version: string };
  targetGroupArns: string[];
  /** Also for its servers. */
  tags: Record<string, string>;
  /** For the group alone. */
  groupTags: Record<string, string>;
}) {
  const copied: Record<string, unknown> = {};
  for (const field of copiedFields) {
    if (isSet(input.source[field], undefined) && !isDefaultRole(input.source[field]))
      copied[field] = input.source[field];
  }
  const kept = (input.source.Tags ?? []).filter((tag) => tag.Key !== undefined && isCopyableTag(tag.Key));
  return {
    ...copied,
    AutoScalingGroupName: input.groupName,
    MinSize: 0,
    DesiredCapacity: 0,
    MaxSize: input.source.MaxSize ?? 0,
    LaunchTemplate: { LaunchTemplateId: input.template.id, Version: input.template.version },
    TargetGroupARNs: input.targetGroupArns,
    Tags: [
      ...kept.map((tag) => groupTag(input.groupName, tag.Key ?? '', tag.Value ?? '', tag.PropagateAtLaunch ?? false)),
      ...Object.entries(input.tags).map(([key, value]) => groupTag(input.groupName, key, value, true)),
      ...Object.entries(input.groupTags).map(([key, value]) => groupTag(input.groupName, key, value, false)),
    ],
  };
}

function groupTag(groupName: string, Key: string, Value: string, PropagateAtLaunch: boolean) {
  return { ResourceType: 'auto-scaling-group', ResourceId: groupName, Key, Value, PropagateAtLaunch };
}

/** Fields of a group that differ from what its creation asked for; what a read-back of the clone must answer empty. */
export function differences(input: ReturnType<typeof cloneInput>, actual: object): string[] {
  const found = actual as Record<string, unknown>;
  const wanted = input as Record<string, unknown>;
  return copiedFields.filter(
    (field) => wanted[field] !== undefined && canonical(wanted[field]) !== canonical(found[field]),
  );
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a.localeCompare(b)))
      : inner,
  );
}
