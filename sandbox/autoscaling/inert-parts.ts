import type * as sdk from '@aws-sdk/client-auto-scaling';
import type { Validated } from '../codec/operation';
import type { CloudState } from '../state/cloud-state';
import { pageOf } from '../state/paging';
import { findGroup } from './find-group';

const defaultPageSize = 50;

export function describeLifecycleHooks(
  state: CloudState,
  input: Validated<sdk.DescribeLifecycleHooksType>,
): sdk.DescribeLifecycleHooksAnswer {
  const hooks = findGroup(state, input.AutoScalingGroupName).inert.lifecycleHooks;
  const names = input.LifecycleHookNames;
  return { LifecycleHooks: hooks.filter((hook) => isWanted(names, hook.LifecycleHookName)) };
}

/** Of one group or of all; names that do not exist are left out. */
export function describePolicies(state: CloudState, input: Validated<sdk.DescribePoliciesType>): sdk.PoliciesType {
  const policies = groupsNamed(state, input.AutoScalingGroupName)
    .flatMap((group) => group.inert.scalingPolicies)
    .filter(
      (policy) => isWanted(input.PolicyNames, policy.PolicyName) && isWanted(input.PolicyTypes, policy.PolicyType),
    );
  const page = pageOf(policies, input.NextToken, input.MaxRecords ?? defaultPageSize);
  return { ScalingPolicies: page.items, NextToken: page.nextToken };
}

export function describeScheduledActions(
  state: CloudState,
  input: Validated<sdk.DescribeScheduledActionsType>,
): sdk.ScheduledActionsType {
  const actions = groupsNamed(state, input.AutoScalingGroupName)
    .flatMap((group) => group.inert.scheduledActions)
    .filter((action) => isWanted(input.ScheduledActionNames, action.ScheduledActionName));
  const page = pageOf(actions, input.NextToken, input.MaxRecords ?? defaultPageSize);
  return { ScheduledUpdateGroupActions: page.items, NextToken: page.nextToken };
}

export function describeNotificationConfigurations(
  state: CloudState,
  input: Validated<sdk.DescribeNotificationConfigurationsType>,
): sdk.DescribeNotificationConfigurationsAnswer {
  const configurations = [...state.groups.values()]
    .filter((group) => isWanted(input.AutoScalingGroupNames, group.name))
    .flatMap((group) => group.inert.notificationConfigurations);
  const page = pageOf(configurations, input.NextToken, input.MaxRecords ?? defaultPageSize);
  return { NotificationConfigurations: page.items, NextToken: page.nextToken };
}

export function describeWarmPool(
  state: CloudState,
  input: Validated<sdk.DescribeWarmPoolType>,
): sdk.DescribeWarmPoolAnswer {
  const configuration = findGroup(state, input.AutoScalingGroupName).inert.warmPool;
  return { Instances: [], ...(configuration ? { WarmPoolConfiguration: configuration } : {}) };
}

/** The sandbox never has one. */
export function describeInstanceRefreshes(
  state: CloudState,
  input: Validated<sdk.DescribeInstanceRefreshesType>,
): sdk.DescribeInstanceRefreshesAnswer {
  findGroup(state, input.AutoScalingGroupName);
  return { InstanceRefreshes: [] };
}

function groupsNamed(state: CloudState, name: string | undefined) {
  return [...state.groups.values()].filter((group) => name === undefined || group.name === name);
}

function isWanted(wanted: string[] | undefined, value: string | undefined): boolean {
  return !wanted?.length || wanted.includes(value ?? '');
}
