import type {
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  AutoScalingInstanceDetails,
  AutoScalingInstancesType,
  DescribeAutoScalingInstancesType,
  Filter,
  Instance,
} from '@aws-sdk/client-auto-scaling';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import type { InstanceState } from '../state/compute-state';
import type { GroupState } from '../state/group-state';
import { pageOf } from '../state/paging';
import { instancesOf, validationError } from './find-group';
import { describedTags } from './group-tags';
import { zoneId, zonesOfGroup } from './zones';

const defaultPageSize = 50;
const maxPageSize = 100;

/** Names that do not exist are left out, without an error. */
export function describeGroups(
  cloud: Cloud,
  state: CloudState,
  input: Validated<AutoScalingGroupNamesType>,
): AutoScalingGroupsType {
  const pageSize = input.MaxRecords ?? defaultPageSize;
  if (pageSize < 1 || pageSize > maxPageSize) {
    throw validationError(`The maximum number of records must be between 1 and ${maxPageSize}`);
  }
  const names = input.AutoScalingGroupNames;
  const asked = names?.length
    ? [...new Set(names)].flatMap((name) => state.groups.get(name) ?? [])
    : [...state.groups.values()];
  const groups = asked.filter((group) => matchesTags(group, input.Filters));
  const page = pageOf(groups, input.NextToken, pageSize);
  const withInstances = input.IncludeInstances ?? true;
  return {
    AutoScalingGroups: page.items.map((group) => describeGroup(cloud, state, group, withInstances)),
    NextToken: page.nextToken,
  };
}

export function describeGroupInstances(
  state: CloudState,
  input: Validated<DescribeAutoScalingInstancesType>,
): AutoScalingInstancesType {
  const ids = input.InstanceIds;
  const asked = ids?.length ? ids.flatMap((id) => state.instances.get(id) ?? []) : [...state.instances.values()];
  const instances = asked.filter((instance) => instance.lifecycle !== 'Terminated');
  const page = pageOf(instances, input.NextToken, input.MaxRecords ?? defaultPageSize);
  return {
    AutoScalingInstances: page.items.map((instance): AutoScalingInstanceDetails => ({
      ...describeInstance(instance),
      HealthStatus: instance.health.toUpperCase(),
      AutoScalingGroupName: instance.groupName,
    })),
    NextToken: page.nextToken,
  };
}

function describeGroup(cloud: Cloud, state: CloudState, group: GroupState, withInstances: boolean): AutoScalingGroup {
  const zones = zonesOfGroup(cloud, group.settings);
  return {
    ...group.settings,
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: group.settings.DefaultCooldown,
    HealthCheckType: group.settings.HealthCheckType,
    AvailabilityZones: zones,
    AvailabilityZoneIds: zones.map((zone) => zoneId(cloud, zone)),
    LoadBalancerNames: [],
    TargetGroupARNs: group.targetGroupArns,
    TrafficSources: group.targetGroupArns.map((Identifier) => ({ Identifier, Type: 'elbv2' })),
    Instances: withInstances ? instancesOf(state, group.name).map(describeInstance) : [],
    CreatedTime: group.createdAt,
    SuspendedProcesses: [],
    EnabledMetrics: [],
    Tags: describedTags(group),
    Status: group.status,
    ...(group.inert.warmPool ? { WarmPoolConfiguration: group.inert.warmPool, WarmPoolSize: 0 } : {}),
  };
}

function describeInstance(instance: InstanceState): Instance {
  return {
    InstanceId: instance.id,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycle,
    HealthStatus: instance.health,
    ProtectedFromScaleIn: instance.protectedFromScaleIn,
    LaunchTemplate: instance.launchTemplate,
    ImageId: instance.imageId,
  };
}

/** `tag-key`, `tag-value` and `tag:KEY`; all filters must match, each with one of its values. */
function matchesTags(group: GroupState, filters: readonly Filter[] | undefined): boolean {
  return (filters ?? []).every((filter) => {
    const name = filter.Name ?? '';
    return group.tags.some((tag) => (filter.Values ?? []).includes(filteredPart(tag, name) ?? '\0'));
  });
}

function filteredPart(tag: { Key: string; Value: string }, filterName: string): string | undefined {
  if (filterName === 'tag-key') return tag.Key;
  if (filterName === 'tag-value') return tag.Value;
  if (filterName.startsWith('tag:')) return filterName.slice('tag:'.length) === tag.Key ? tag.Value : undefined;
  throw validationError(`Filter '${filterName}' is not supported; use tag-key, tag-value or tag:KEY`);
}
