/** Application Load Balancers: listeners, rules, target groups, target health. */
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  paginateDescribeListeners,
  paginateDescribeRules,
  paginateDescribeTargetGroups,
  type Action,
  type CreateTargetGroupCommandInput,
  type Listener,
  type Rule,
  type TargetGroup,
  type TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { batchedRead, inOrderOf } from './batched-read';
import { orAbsent } from './errors';
import type { AwsSession } from './sessions';

export type { Action, CreateTargetGroupCommandInput, Listener, Rule, TargetGroup, TargetGroupAttribute };

/** Tags and target groups of more are refused; the same is kept to where AWS names no bound. */
const arnsPerCall = 20;

export async function listListeners(aws: AwsSession, loadBalancerArn: string): Promise<Listener[]> {
  const listeners: Listener[] = [];
  const pages = paginateDescribeListeners({ client: aws.elb }, { LoadBalancerArn: loadBalancerArn });
  for await (const page of pages) listeners.push(...(page.Listeners ?? []));
  return listeners;
}

export async function listRules(aws: AwsSession, listenerArn: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  for await (const page of paginateDescribeRules({ client: aws.elb }, { ListenerArn: listenerArn })) {
    rules.push(...(page.Rules ?? []));
  }
  return rules;
}

/** A place in a balancer that forwards requests: a listener rule, or a listener's default action. */
export interface RouteRef {
  kind: 'rule' | 'listener';
  arn: string;
}

const ruleByArn = batchedRead<string, Rule>({
  most: arnsPerCall,
  ask: async (aws, arns) => {
    const answer = await aws.elb.send(new DescribeRulesCommand({ RuleArns: [...arns] }));
    return inOrderOf(arns, answer.Rules, (rule) => rule.RuleArn);
  },
});

const listenerByArn = batchedRead<string, Listener>({
  most: arnsPerCall,
  ask: async (aws, arns) => {
    const answer = await aws.elb.send(new DescribeListenersCommand({ ListenerArns: [...arns] }));
    return inOrderOf(arns, answer.Listeners, (listener) => listener.ListenerArn);
  },
});

/** The route's whole action list; undefined when the rule or listener is gone. */
export async function readRoute(aws: AwsSession, route: RouteRef): Promise<Action[] | undefined> {
  return orAbsent(async () =>
    route.kind === 'rule'
      ? (await ruleByArn(aws, route.arn))?.Actions
      : (await listenerByArn(aws, route.arn))?.DefaultActions,
  );
}

/** Replaces the whole action list (AWS merges nothing); conditions and transforms are not mentioned and stay. */
export async function writeRoute(aws: AwsSession, route: RouteRef, actions: Action[]): Promise<void> {
  await (route.kind === 'rule'
    ? aws.elb.send(new ModifyRuleCommand({ RuleArn: route.arn, Actions: actions }))
    : aws.elb.send(new ModifyListenerCommand({ ListenerArn: route.arn, DefaultActions: actions })));
}

/** All of the account and region. */
export async function listTargetGroups(aws: AwsSession): Promise<TargetGroup[]> {
  const groups: TargetGroup[] = [];
  for await (const page of paginateDescribeTargetGroups({ client: aws.elb }, {})) {
    groups.push(...(page.TargetGroups ?? []));
  }
  return groups;
}

export async function describeTargetGroups(aws: AwsSession, arns: readonly string[]): Promise<TargetGroup[]> {
  const found: TargetGroup[] = [];
  for (let from = 0; from < arns.length; from += arnsPerCall) {
    const TargetGroupArns = arns.slice(from, from + arnsPerCall);
    const answer = await aws.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns }));
    found.push(...(answer.TargetGroups ?? []));
  }
  return found;
}

const targetGroupByName = batchedRead<string, TargetGroup>({
  most: arnsPerCall,
  ask: async (aws, names) => {
    const answer = await aws.elb.send(new DescribeTargetGroupsCommand({ Names: [...names] }));
    return inOrderOf(names, answer.TargetGroups, (group) => group.TargetGroupName);
  },
});

const targetGroupByArn = batchedRead<string, TargetGroup>({
  most: arnsPerCall,
  ask: async (aws, arns) => inOrderOf(arns, await describeTargetGroups(aws, arns), (group) => group.TargetGroupArn),
});

export async function findTargetGroup(
  aws: AwsSession,
  by: { name: string } | { arn: string },
): Promise<TargetGroup | undefined> {
  return orAbsent(() => ('name' in by ? targetGroupByName(aws, by.name) : targetGroupByArn(aws, by.arn)));
}

export async function targetGroupAttributes(aws: AwsSession, arn: string): Promise<TargetGroupAttribute[]> {
  const answer = await aws.elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));
  return answer.Attributes ?? [];
}

export async function createTargetGroup(
  aws: AwsSession,
  input: CreateTargetGroupCommandInput,
): Promise<TargetGroup | undefined> {
  const answer = await aws.elb.send(new CreateTargetGroupCommand(input));
  return answer.TargetGroups?.[0];
}

export async function setTargetGroupAttributes(
  aws: AwsSession,
  arn: string,
  attributes: TargetGroupAttribute[],
): Promise<void> {
  await aws.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes: attributes }));
}

/** Deleting an unknown target group succeeds (as on AWS). */
export async function deleteTargetGroup(aws: AwsSession, arn: string): Promise<void> {
  await aws.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn }));
}

export interface TargetState {
  instanceId: string;
  state: string;
  reason: string;
}

/** AWS does not page or batch this call: one target group at a time. */
export async function targetHealth(aws: AwsSession, arn: string): Promise<TargetState[]> {
  const answer = await aws.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  return (answer.TargetHealthDescriptions ?? []).map((row) => ({
    instanceId: row.Target?.Id ?? '',
    state: row.TargetHealth?.State ?? 'unknown',
    reason: row.TargetHealth?.Reason ?? '',
  }));
}

/** Tags by ARN, for balancers, listeners, rules and target groups. */
export async function elbTags(aws: AwsSession, arns: readonly string[]): Promise<Map<string, Record<string, string>>> {
  const tags = new Map<string, Record<string, string>>();
  for (let from = 0; from < arns.length; from += arnsPerCall) {
    const answer = await aws.elb.send(new DescribeTagsCommand({ ResourceArns: arns.slice(from, from + arnsPerCall) }));
    for (const row of answer.TagDescriptions ?? []) {
      const pairs = (row.Tags ?? []).map((tag): [string, string] => [tag.Key ?? '', tag.Value ?? '']);
      tags.set(row.ResourceArn ?? '', Object.fromEntries(pairs));
    }
  }
  return tags;
}
