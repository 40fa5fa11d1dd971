import type {
  ActivityType,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import { findGroup, findGroupInstance, validationError } from './find-group';
import { terminateInstance } from './terminate-instance';

const maxProtected = 50;

/** Without decrement the group launches another one in its place. Scale-in protection does not hold this call off. */
export function terminateInGroup(
  cloud: Cloud,
  input: Validated<TerminateInstanceInAutoScalingGroupType>,
): ActivityType {
  if (input.InstanceId === undefined) throw validationError('The sandbox terminates by InstanceId only');
  const instance = findGroupInstance(cloud.state, input.InstanceId);
  const group = findGroup(cloud.state, instance.groupName);
  const activity = cloud.state.activities.get(instance.activityId);
  if (instance.lifecycle === 'Terminating') return { Activity: activity };
  if (input.ShouldDecrementDesiredCapacity) {
    if (group.desiredCapacity <= group.minSize) {
      const message = `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`;
      throw validationError(message);
    }
    group.desiredCapacity -= 1;
  }
  const cause = 'an instance was taken out of service in response to a user request.';
  return { Activity: terminateInstance(cloud, group, instance, { cause }) };
}

export function setInstanceProtection(cloud: Cloud, input: Validated<SetInstanceProtectionQuery>): object {
  const group = findGroup(cloud.state, input.AutoScalingGroupName);
  if (input.InstanceIds.length > maxProtected) {
    throw validationError(`At most ${maxProtected} instances can be given in one call`);
  }
  const instances = input.InstanceIds.map((id) => {
    const instance = findGroupInstance(cloud.state, id);
    if (instance.groupName === group.name) return instance;
    throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
  });
  for (const instance of instances) instance.protectedFromScaleIn = input.ProtectedFromScaleIn;
  return {};
}
