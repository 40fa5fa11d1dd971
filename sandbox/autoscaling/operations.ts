import * as sdk from '@aws-sdk/client-auto-scaling';
import { liveRead, mutation, read, type Operation } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { describeActivities } from './activities';
import { createGroup } from './create-group';
import { describeGroupInstances, describeGroups } from './describe-groups';
import { createOrUpdateTags, deleteTags, describeTags } from './group-tags';
import * as inert from './inert-parts';
import { setInstanceProtection, terminateInGroup } from './instance-calls';
import {
  attachTargetGroups,
  describeTargetGroups,
  describeTrafficSources,
  detachTargetGroups,
} from './target-group-attachments';
import { deleteGroup, setDesiredCapacity, updateGroup } from './update-group';

export function autoScalingOperations(cloud: Cloud): Operation[] {
  return [...writes(cloud), ...reads(cloud), ...inertReads()];
}

function writes(cloud: Cloud): Operation[] {
  return [
    mutation<sdk.CreateAutoScalingGroupType>(sdk.CreateAutoScalingGroup$, (input) => createGroup(cloud, input)),
    mutation<sdk.UpdateAutoScalingGroupType>(sdk.UpdateAutoScalingGroup$, (input) => updateGroup(cloud, input)),
    mutation<sdk.SetDesiredCapacityType>(sdk.SetDesiredCapacity$, (input) => setDesiredCapacity(cloud, input)),
    mutation<sdk.DeleteAutoScalingGroupType>(sdk.DeleteAutoScalingGroup$, (input) => deleteGroup(cloud, input)),
    mutation<sdk.TerminateInstanceInAutoScalingGroupType>(sdk.TerminateInstanceInAutoScalingGroup$, (input) =>
      terminateInGroup(cloud, input),
    ),
    mutation<sdk.SetInstanceProtectionQuery>(sdk.SetInstanceProtection$, (input) =>
      setInstanceProtection(cloud, input),
    ),
    mutation<sdk.CreateOrUpdateTagsType>(sdk.CreateOrUpdateTags$, (input) => createOrUpdateTags(cloud, input)),
    mutation<sdk.DeleteTagsType>(sdk.DeleteTags$, (input) => deleteTags(cloud, input)),
    mutation<sdk.AttachLoadBalancerTargetGroupsType>(sdk.AttachLoadBalancerTargetGroups$, (input) =>
      attachTargetGroups(cloud, input),
    ),
    mutation<sdk.DetachLoadBalancerTargetGroupsType>(sdk.DetachLoadBalancerTargetGroups$, (input) =>
      detachTargetGroups(cloud, input),
    ),
  ];
}

function reads(cloud: Cloud): Operation[] {
  return [
    read<sdk.AutoScalingGroupNamesType>(sdk.DescribeAutoScalingGroups$, (input, state) =>
      describeGroups(cloud, state, input),
    ),
    read<sdk.DescribeAutoScalingInstancesType>(sdk.DescribeAutoScalingInstances$, (input, state) =>
      describeGroupInstances(state, input),
    ),
    read<sdk.DescribeScalingActivitiesType>(sdk.DescribeScalingActivities$, (input, state) =>
      describeActivities(state, input),
    ),
    read<sdk.DescribeTagsType>(sdk.DescribeTags$, (input, state) => describeTags(state, input)),
    liveRead<sdk.DescribeLoadBalancerTargetGroupsRequest>(sdk.DescribeLoadBalancerTargetGroups$, (input, state) =>
      describeTargetGroups(cloud, state, input),
    ),
    liveRead<sdk.DescribeTrafficSourcesRequest>(sdk.DescribeTrafficSources$, (input, state) =>
      describeTrafficSources(cloud, state, input),
    ),
    read<object>(sdk.DescribeAccountLimits$, (_, state) => accountLimits(state)),
  ];
}

function inertReads(): Operation[] {
  return [
    read<sdk.DescribeLifecycleHooksType>(sdk.DescribeLifecycleHooks$, (input, state) =>
      inert.describeLifecycleHooks(state, input),
    ),
    read<sdk.DescribePoliciesType>(sdk.DescribePolicies$, (input, state) => inert.describePolicies(state, input)),
    read<sdk.DescribeScheduledActionsType>(sdk.DescribeScheduledActions$, (input, state) =>
      inert.describeScheduledActions(state, input),
    ),
    read<sdk.DescribeNotificationConfigurationsType>(sdk.DescribeNotificationConfigurations$, (input, state) =>
      inert.describeNotificationConfigurations(state, input),
    ),
    read<sdk.DescribeWarmPoolType>(sdk.DescribeWarmPool$, (input, state) => inert.describeWarmPool(state, input)),
    read<sdk.DescribeInstanceRefreshesType>(sdk.DescribeInstanceRefreshes$, (input, state) =>
      inert.describeInstanceRefreshes(state, input),
    ),
  ];
}

/** The numbers of AWS's quota page; the sandbox enforces none of them. */
function accountLimits(state: CloudState): sdk.DescribeAccountLimitsAnswer {
  return {
    MaxNumberOfAutoScalingGroups: 500,
    MaxNumberOfLaunchConfigurations: 200,
    NumberOfAutoScalingGroups: state.groups.size,
    NumberOfLaunchConfigurations: 0,
  };
}
