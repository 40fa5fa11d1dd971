/** What befalls a group of servers that Fleetshift has not done. */
import {
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { waitUntil } from '../../support/wait-until';
import type { Stage } from './stage';
import { clients } from './view';

/** Answers when the other servers are gone. */
export async function shrink(stage: Stage, groupName: string, servers: number): Promise<void> {
  const sizes = { MinSize: 0, DesiredCapacity: servers };
  await clients(stage).autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName, ...sizes }),
  );
  await waitUntil(`${groupName} to be shrunk`, () => serversOf(stage, groupName), {
    until: (ids) => ids.length === servers,
  });
}

/** All at once, and it is not the balancer that tells them to stop. */
export async function crashAll(stage: Stage, groupName: string): Promise<void> {
  for (const id of await serversOf(stage, groupName)) await stage.sandbox.admin.crashInstance(id);
}

/** With its servers. Answers when it is gone. */
export async function deleteGroup(stage: Stage, groupName: string): Promise<void> {
  await clients(stage).autoScaling.send(
    new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: groupName, ForceDelete: true }),
  );
  await waitUntil(`${groupName} to be gone`, () => serversOf(stage, groupName), { until: (ids) => ids.length === 0 });
}

async function serversOf(stage: Stage, groupName: string): Promise<string[]> {
  const { AutoScalingGroups } = await clients(stage).autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  return (AutoScalingGroups?.[0]?.Instances ?? []).map((instance) => instance.InstanceId ?? '');
}
