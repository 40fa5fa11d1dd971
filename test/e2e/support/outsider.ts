/** What befalls a group of servers that Fleetshift has not done. */
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import type { Stage } from './stage';
import { clients } from './view';

/** All at once, and it is not the balancer that tells them to stop. */
export async function crashAll(stage: Stage, groupName: string): Promise<void> {
  for (const id of await serversOf(stage, groupName)) await stage.sandbox.admin.crashInstance(id);
}

async function serversOf(stage: Stage, groupName: string): Promise<string[]> {
  const { AutoScalingGroups } = await clients(stage).autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  return (AutoScalingGroups?.[0]?.Instances ?? []).map((instance) => instance.InstanceId ?? '');
}
