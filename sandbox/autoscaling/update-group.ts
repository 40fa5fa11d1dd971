import type {
  DeleteAutoScalingGroupType,
  SetDesiredCapacityType,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { GroupSettings, GroupState } from '../state/group-state';
import { findGroup, instancesOf, validationError } from './find-group';
import { checkSettings, checkSizes, completeSpecification } from './group-rules';

type Update = Validated<UpdateAutoScalingGroupType>;

/** Without DesiredCapacity, a new minimum above it raises it and a new maximum below it lowers it. */
export function updateGroup(cloud: Cloud, input: Update): object {
  const group = changeableGroup(cloud, input.AutoScalingGroupName);
  const sizes = updatedSizes(group, input);
  checkSizes(sizes);
  const settings = updatedSettings(cloud, group.settings, input);
  checkSettings(cloud, settings);
  Object.assign(group, sizes, { settings });
  group.noLaunchBeforeMs = 0;
  return {};
}

export function setDesiredCapacity(cloud: Cloud, input: Validated<SetDesiredCapacityType>): object {
  const group = changeableGroup(cloud, input.AutoScalingGroupName);
  const desired = input.DesiredCapacity;
  if (desired > group.maxSize) {
    const message = `New SetDesiredCapacity value ${desired} is above max value ${group.maxSize} for the AutoScalingGroup.`;
    throw validationError(message);
  }
  if (desired < group.minSize) {
    const message = `New SetDesiredCapacity value ${desired} is below min value ${group.minSize} for the AutoScalingGroup.`;
    throw validationError(message);
  }
  group.desiredCapacity = desired;
  return {};
}

/** Without force, only an empty group goes; with it, the group shows its status until its servers are gone. */
export function deleteGroup(cloud: Cloud, input: Validated<DeleteAutoScalingGroupType>): object {
  const group = findGroup(cloud.state, input.AutoScalingGroupName);
  const force = input.ForceDelete ?? false;
  checkDeletionProtection(group, force);
  const instances = instancesOf(cloud.state, group.name);
  if (instances.length === 0 && group.detaching.length === 0) {
    cloud.state.groups.delete(group.name);
    return {};
  }
  if (!force) throw stillInUse(instances.some((instance) => instance.lifecycle === 'InService'));
  Object.assign(group, { status: 'Delete in progress', minSize: 0, desiredCapacity: 0 });
  return {};
}

function changeableGroup(cloud: Cloud, name: string): GroupState {
  const group = findGroup(cloud.state, name);
  if (group.status === undefined) return group;
  throw new AwsError('ScalingActivityInProgress', `AutoScalingGroup '${name}' is pending delete`);
}

function updatedSizes(group: GroupState, input: Update): Pick<GroupState, 'minSize' | 'maxSize' | 'desiredCapacity'> {
  const minSize = input.MinSize ?? group.minSize;
  const maxSize = input.MaxSize ?? group.maxSize;
  const desiredCapacity = input.DesiredCapacity ?? Math.min(Math.max(group.desiredCapacity, minSize), maxSize);
  return { minSize, maxSize, desiredCapacity };
}

function updatedSettings(cloud: Cloud, settings: GroupSettings, input: Update): GroupSettings {
  const updated: GroupSettings & Partial<UpdateAutoScalingGroupType> = { ...settings, ...input };
  for (const key of ['AutoScalingGroupName', 'MinSize', 'MaxSize', 'DesiredCapacity'] as const) delete updated[key];
  if (input.LaunchTemplate) {
    updated.LaunchTemplate = completeSpecification(cloud.state, input.LaunchTemplate);
    delete updated.MixedInstancesPolicy;
  } else if (input.MixedInstancesPolicy) {
    delete updated.LaunchTemplate;
  }
  if (input.VPCZoneIdentifier !== undefined && !input.AvailabilityZones) delete updated.AvailabilityZones;
  if (input.DefaultInstanceWarmup === -1) delete updated.DefaultInstanceWarmup;
  return updated;
}

function checkDeletionProtection(group: GroupState, force: boolean): void {
  const protection = group.settings.DeletionProtection;
  if (protection === 'prevent-all-deletion' || (protection === 'prevent-force-deletion' && force)) {
    const message = `AutoScalingGroup '${group.name}' cannot be deleted: its deletion protection is ${protection}`;
    throw validationError(message);
  }
}

function stillInUse(hasServingInstances: boolean): AwsError {
  return hasServingInstances
    ? new AwsError(
        'ResourceInUse',
        'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
      )
    : new AwsError(
        'ScalingActivityInProgress',
        'You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.',
      );
}
