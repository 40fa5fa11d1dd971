import * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import { liveRead, mutation, read, type Operation } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import { createListener, describeListeners, modifyListener } from './listeners';
import { createLoadBalancer, describeLoadBalancers } from './load-balancers';
import { createRule, deleteRule, describeRules, modifyRule } from './rules';
import { addTags, describeTags, removeTags } from './tags';
import { describeTargetGroupAttributes, modifyTargetGroupAttributes } from './target-group-attributes';
import { createTargetGroup, deleteTargetGroup, describeTargetGroups, modifyTargetGroup } from './target-groups';
import { describeTargetHealth } from './target-health';
import { deregisterTargets, registerTargets } from './targets';

export function elbOperations(cloud: Cloud): Operation[] {
  return [...writes(cloud), ...reads(cloud)];
}

function writes(cloud: Cloud): Operation[] {
  return [
    mutation<sdk.CreateLoadBalancerInput>(sdk.CreateLoadBalancer$, (input) => createLoadBalancer(cloud, input)),
    mutation<sdk.CreateListenerInput>(sdk.CreateListener$, (input) => createListener(cloud, input)),
    mutation<sdk.ModifyListenerInput>(sdk.ModifyListener$, (input) => modifyListener(cloud, input)),
    mutation<sdk.CreateRuleInput>(sdk.CreateRule$, (input) => createRule(cloud, input)),
    mutation<sdk.ModifyRuleInput>(sdk.ModifyRule$, (input) => modifyRule(cloud, input)),
    mutation<sdk.DeleteRuleInput>(sdk.DeleteRule$, (input) => deleteRule(cloud, input)),
    mutation<sdk.CreateTargetGroupInput>(sdk.CreateTargetGroup$, (input) => createTargetGroup(cloud, input)),
    mutation<sdk.ModifyTargetGroupInput>(sdk.ModifyTargetGroup$, (input) => modifyTargetGroup(cloud, input)),
    mutation<sdk.ModifyTargetGroupAttributesInput>(sdk.ModifyTargetGroupAttributes$, (input) =>
      modifyTargetGroupAttributes(cloud, input),
    ),
    mutation<sdk.DeleteTargetGroupInput>(sdk.DeleteTargetGroup$, (input) => deleteTargetGroup(cloud, input)),
    mutation<sdk.RegisterTargetsInput>(sdk.RegisterTargets$, (input) => registerTargets(cloud, input)),
    mutation<sdk.DeregisterTargetsInput>(sdk.DeregisterTargets$, (input) => deregisterTargets(cloud, input)),
    mutation<sdk.AddTagsInput>(sdk.AddTags$, (input) => addTags(cloud, input)),
    mutation<sdk.RemoveTagsInput>(sdk.RemoveTags$, (input) => removeTags(cloud, input)),
  ];
}

function reads(cloud: Cloud): Operation[] {
  return [
    read<sdk.DescribeLoadBalancersInput>(sdk.DescribeLoadBalancers$, (input, state) =>
      describeLoadBalancers(cloud, state, input),
    ),
    read<sdk.DescribeListenersInput>(sdk.DescribeListeners$, (input, state) => describeListeners(state, input)),
    read<sdk.DescribeRulesInput>(sdk.DescribeRules$, (input, state) => describeRules(state, input)),
    read<sdk.DescribeTargetGroupsInput>(sdk.DescribeTargetGroups$, (input, state) =>
      describeTargetGroups(state, input),
    ),
    read<sdk.DescribeTargetGroupAttributesInput>(sdk.DescribeTargetGroupAttributes$, (input, state) =>
      describeTargetGroupAttributes(state, input),
    ),
    read<sdk.DescribeTagsInput>(sdk.DescribeTags$, (input, state) => describeTags(state, input)),
    read<sdk.DescribeAccountLimitsInput>(sdk.DescribeAccountLimits$, () => accountLimits()),
    liveRead<sdk.DescribeTargetHealthInput>(sdk.DescribeTargetHealth$, (input) => describeTargetHealth(cloud, input)),
  ];
}

/** The published defaults of AWS. */
function accountLimits(): sdk.DescribeAccountLimitsOutput {
  return {
    Limits: [
      { Name: 'target-groups', Max: '3000' },
      { Name: 'targets-per-application-load-balancer', Max: '1000' },
      { Name: 'targets-per-target-group', Max: '1000' },
      { Name: 'listeners-per-application-load-balancer', Max: '50' },
      { Name: 'rules-per-application-load-balancer', Max: '100' },
      { Name: 'application-load-balancers', Max: '50' },
      { Name: 'target-groups-per-application-load-balancer', Max: '100' },
      { Name: 'target-groups-per-action-on-application-load-balancer', Max: '5' },
    ],
  };
}
