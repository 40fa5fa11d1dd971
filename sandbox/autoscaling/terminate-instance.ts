import type { Cloud } from '../state/cloud';
import type { InstanceState } from '../state/compute-state';
import type { ActivityState, GroupState } from '../state/group-state';
import { beginActivity, endActivity } from './activities';
import { removeMember } from './find-group';

export interface TerminationOptions {
  cause: string;
  /** Without waiting until its connections are drained, as a forced deletion does. */
  force?: boolean;
}

/** Takes an instance out: it leaves the target groups and drains, and only then its process is stopped. */
export function terminateInstance(
  cloud: Cloud,
  group: GroupState,
  instance: InstanceState,
  options: TerminationOptions,
): ActivityState {
  endActivity(cloud.state, instance.activityId, { status: 'Cancelled' });
  const activity = beginActivity(cloud.state, {
    groupName: group.name,
    description: `Terminating EC2 instance: ${instance.id}`,
    cause: `At ${new Date().toISOString()} ${options.cause}`,
  });
  Object.assign(instance, { lifecycle: 'Terminating', activityId: activity.ActivityId });
  void drainAndStop(cloud, group, instance, options.force ?? false);
  return activity;
}

async function drainAndStop(cloud: Cloud, group: GroupState, instance: InstanceState, force: boolean): Promise<void> {
  const targetGroups = group.targetGroupArns.filter((arn) => cloud.state.targetGroups.has(arn));
  const drained = Promise.all(targetGroups.map((arn) => cloud.dataPlane.deregister(arn, instance.id)));
  if (!force) await drained;
  await cloud.dataPlane.terminate(instance.id);
  Object.assign(instance, { lifecycle: 'Terminated', running: false });
  removeMember(cloud.state, instance);
  endActivity(cloud.state, instance.activityId, { status: 'Successful' });
}
