/** Auto Scaling groups: paged reads and single writes. An unknown name is an absent row, never an error (as on AWS). */
import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommand,
  DescribeInstanceRefreshesCommand,
  DescribeLifecycleHooksCommand,
  DescribeNotificationConfigurationsCommand,
  DescribePoliciesCommand,
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
  DescribeWarmPoolCommand,
  paginateDescribeAutoScalingGroups,
  UpdateAutoScalingGroupCommand,
  type Activity,
  type AutoScalingGroup,
  type DescribeAutoScalingGroupsCommandInput,
  type UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { batchedRead, inOrderOf } from './batched-read';
import { AwsCallError } from './errors';
import type { AwsSession } from './sessions';

export type { Activity, AutoScalingGroup, CreateAutoScalingGroupCommandInput };

async function listGroups(aws: AwsSession, input: DescribeAutoScalingGroupsCommandInput): Promise<AutoScalingGroup[]> {
  const groups: AutoScalingGroup[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client: aws.autoScaling }, input)) {
    groups.push(...(page.AutoScalingGroups ?? []));
  }
  return groups;
}

/** One page's worth; AWS takes no more names than fit in one. */
const namesPerCall = 50;

export const describeGroup = batchedRead<string, AutoScalingGroup>({
  most: namesPerCall,
  ask: async (aws, names) => {
    const groups = await listGroups(aws, { AutoScalingGroupNames: [...names] });
    return inOrderOf(names, groups, (group) => group.AutoScalingGroupName);
  },
});

export function groupsWithTag(aws: AwsSession, tag: { key: string; value: string }): Promise<AutoScalingGroup[]> {
  return listGroups(aws, { Filters: [{ Name: `tag:${tag.key}`, Values: [tag.value] }] });
}

/** Groups whose servers register in one of these target groups. AWS has no filter for it, so every page is read. */
export async function groupsInTargetGroups(aws: AwsSession, arns: readonly string[]): Promise<AutoScalingGroup[]> {
  const groups = await listGroups(aws, {});
  return groups.filter((group) => group.TargetGroupARNs?.some((arn) => arns.includes(arn)));
}

/** What hangs on a group outside of its own description, by name. */
export interface SubResources {
  lifecycleHooks: string[];
  scalingPolicies: string[];
  scheduledActions: string[];
  notificationTopics: string[];
  warmPool: boolean;
  runningInstanceRefresh: boolean;
}

export async function describeSubResources(aws: AwsSession, groupName: string): Promise<SubResources> {
  const byName = { AutoScalingGroupName: groupName };
  const { autoScaling } = aws;
  const [hooks, policies, actions, notifications, warmPool, refreshes] = await Promise.all([
    autoScaling.send(new DescribeLifecycleHooksCommand(byName)),
    autoScaling.send(new DescribePoliciesCommand(byName)),
    autoScaling.send(new DescribeScheduledActionsCommand(byName)),
    autoScaling.send(new DescribeNotificationConfigurationsCommand({ AutoScalingGroupNames: [groupName] })),
    autoScaling.send(new DescribeWarmPoolCommand(byName)),
    autoScaling.send(new DescribeInstanceRefreshesCommand(byName)),
  ]);
  return {
    lifecycleHooks: present(hooks.LifecycleHooks?.map((hook) => hook.LifecycleHookName)),
    scalingPolicies: present(policies.ScalingPolicies?.map((policy) => policy.PolicyName)),
    scheduledActions: present(actions.ScheduledUpdateGroupActions?.map((action) => action.ScheduledActionName)),
    notificationTopics: [...new Set(present(notifications.NotificationConfigurations?.map((row) => row.TopicARN)))],
    warmPool: warmPool.WarmPoolConfiguration !== undefined,
    runningInstanceRefresh: (refreshes.InstanceRefreshes ?? []).some((refresh) =>
      ['Pending', 'InProgress', 'Cancelling', 'RollbackInProgress', 'Baking'].includes(refresh.Status ?? ''),
    ),
  };
}

/** Newest first; one page is enough to see what a group is struggling with. */
export async function recentActivities(aws: AwsSession, groupName: string): Promise<Activity[]> {
  const answer = await aws.autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: 20 }),
  );
  return answer.Activities ?? [];
}

export async function createGroup(aws: AwsSession, input: CreateAutoScalingGroupCommandInput): Promise<void> {
  await aws.autoScaling.send(new CreateAutoScalingGroupCommand(input));
}

export async function updateGroup(aws: AwsSession, input: UpdateAutoScalingGroupCommandInput): Promise<void> {
  await aws.autoScaling.send(new UpdateAutoScalingGroupCommand(input));
}

/** Never with force: AWS then refuses while servers are there, which is what we want. */
export async function deleteGroup(aws: AwsSession, groupName: string): Promise<void> {
  try {
    await aws.autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: groupName }));
  } catch (error) {
    // After a lost reply the repeat finds nothing. AWS has no code of its own for that, only these words.
    if (!(error instanceof AwsCallError && error.kind === 'invalid' && /not found/i.test(error.message))) throw error;
  }
}

function present(values: (string | undefined)[] | undefined): string[] {
  return (values ?? []).filter((value) => value !== undefined);
}
