import { AwsError } from '../aws-error';
import type { CloudState } from '../state/cloud-state';
import type { InstanceState } from '../state/compute-state';
import type { GroupState } from '../state/group-state';

/** "Not found" has no code of its own in this API. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** @throws AwsError ValidationError when there is no such group. */
export function findGroup(state: CloudState, name: string): GroupState {
  const group = state.groups.get(name);
  if (group) return group;
  throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
}

/** Instances that the group still counts as its own, oldest first. */
export function instancesOf(state: CloudState, groupName: string): InstanceState[] {
  return [...(state.members.get(groupName) ?? [])];
}

/** It has left its group, and nothing of it changes any more. */
export function isTerminated(instance: InstanceState): boolean {
  return instance.lifecycle === 'Terminated';
}

export function addMember(state: CloudState, instance: InstanceState): void {
  state.instances.set(instance.id, instance);
  const members = state.members.get(instance.groupName) ?? new Set<InstanceState>();
  state.members.set(instance.groupName, members.add(instance));
}

/** It stays among the instances, as terminated ones do on EC2. */
export function removeMember(state: CloudState, instance: InstanceState): void {
  const members = state.members.get(instance.groupName);
  members?.delete(instance);
  if (members?.size === 0) state.members.delete(instance.groupName);
}

/** @throws AwsError ValidationError for an instance that is in no group (any more). */
export function findGroupInstance(state: CloudState, instanceId: string): InstanceState {
  const instance = state.instances.get(instanceId);
  if (instance && !isTerminated(instance)) return instance;
  throw validationError(`Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
}
