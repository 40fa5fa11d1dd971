/** Which group is live, which routes lead to it, and how much traffic it has. Reads only. */
import {
  describeTargetGroups,
  elbTags,
  listListeners,
  listRules,
  readRoute,
  type Listener,
} from '../clients/aws/balancers';
import { groupsInTargetGroups, groupsWithTag, describeGroup, type AutoScalingGroup } from '../clients/aws/groups';
import { metricSums } from '../clients/aws/metrics';
import type { AwsSession } from '../clients/aws/sessions';
import { balancerErrorMetrics } from './fleet-metrics';
import { serviceTag } from '../domain/names';
import type { RouteFacts, TargetGroupFacts } from '../domain/plan-facts';
import { forwardsOf } from '../domain/routes';
import { serviceKey, type ServiceConfig } from '../domain/service-file';
import { chooseSource, type SourceChoice } from '../domain/source';

const hourMs = 3_600_000;

/** `arns`: every candidate and every route to one, for seeing who is at work there when no choice can be made. */
export async function findSource(aws: AwsSession, service: ServiceConfig): Promise<SourceChoice & { arns: string[] }> {
  const [named, descendants] = await Promise.all([
    selectedGroups(aws, service),
    groupsWithTag(aws, { key: serviceTag, value: serviceKey(service) }),
  ]);
  const byName = new Map([...named, ...descendants].map((group) => [group.AutoScalingGroupName ?? '', group]));
  const groups = [...byName.values()];
  const routes = await findRoutes(aws, [...new Set(groups.flatMap((group) => group.TargetGroupARNs ?? []))]);
  const choice = chooseSource(
    service.source,
    groups.map((group) => ({ groupName: group.AutoScalingGroupName ?? '', weight: highestWeight(group, routes) })),
  );
  const groupArns = groups.map((group) => group.AutoScalingGroupARN ?? '');
  return { ...choice, arns: [...groupArns, ...routes.map((route) => route.arn)] };
}

async function selectedGroups(aws: AwsSession, { source }: ServiceConfig): Promise<AutoScalingGroup[]> {
  switch (source.kind) {
    case 'group': {
      const group = await describeGroup(aws, source.groupName);
      return group ? [group] : [];
    }
    case 'tag':
      return groupsWithTag(aws, source);
    case 'route': {
      const kind = source.arn.includes(':listener-rule/') ? 'rule' : 'listener';
      const actions = await readRoute(aws, { kind, arn: source.arn });
      const arns = forwardsOf(actions ?? []).map((one) => one.arn);
      return arns.length === 0 ? [] : groupsInTargetGroups(aws, arns);
    }
  }
}

function highestWeight(group: AutoScalingGroup, routes: readonly RouteFacts[]): number | null {
  const weights = routes
    .flatMap((route) => forwardsOf(route.actions))
    .filter((one) => group.TargetGroupARNs?.includes(one.arn))
    .map((one) => one.weight);
  return weights.length === 0 ? null : Math.max(...weights);
}

/** Every rule and default action, of every listener of the balancers in question, that forwards to one of the target groups. */
export async function findRoutes(aws: AwsSession, targetGroupArns: readonly string[]): Promise<RouteFacts[]> {
  const targetGroups = await describeTargetGroups(aws, targetGroupArns);
  const balancers = [...new Set(targetGroups.flatMap((group) => group.LoadBalancerArns ?? []))];
  const listeners = (await Promise.all(balancers.map((arn) => listListeners(aws, arn)))).flat();
  const routes = (await Promise.all(listeners.map((listener) => routesOf(aws, listener)))).flat();
  const leading = routes.filter((route) => forwardsOf(route.actions).some((one) => targetGroupArns.includes(one.arn)));
  const tags = await elbTags(
    aws,
    leading.map((route) => route.arn),
  );
  return leading.map((route) => ({ ...route, tags: tags.get(route.arn) ?? {} }));
}

async function routesOf(aws: AwsSession, listener: Listener): Promise<RouteFacts[]> {
  const listenerArn = listener.ListenerArn ?? '';
  const loadBalancerArn = listener.LoadBalancerArn ?? '';
  const loadBalancer = loadBalancerArn.slice(loadBalancerArn.indexOf('loadbalancer/') + 'loadbalancer/'.length);
  const rules = await listRules(aws, listenerArn);
  // The default rule has an ARN of its own, but AWS lets only the listener change it.
  return rules.map((rule) => ({
    ...(rule.IsDefault
      ? { kind: 'listener' as const, arn: listenerArn }
      : { kind: 'rule' as const, arn: rule.RuleArn ?? '' }),
    loadBalancer,
    actions: rule.Actions ?? [],
    tags: {},
  }));
}

/** Of the last hour, or of as much of it as has data; 0 without any. */
export interface LiveRates {
  oldRequestsPerPeriod: number;
  /** 5xx made by the balancers themselves, as a share of the requests. */
  balancerErrorRate: number;
}

export async function readLiveRates(
  aws: AwsSession,
  input: { routes: RouteFacts[]; targetGroups: Pick<TargetGroupFacts, 'arn' | 'dimension'>[]; service: ServiceConfig },
): Promise<LiveRates> {
  const { periodSeconds, lagSeconds } = input.service.judge;
  const periodMs = periodSeconds * 1000;
  const endMs = Math.floor((Date.now() - lagSeconds * 1000) / periodMs) * periodMs;
  const requestCounts = input.targetGroups.flatMap((group) =>
    [...new Set(routesTo(input.routes, group.arn).map((route) => route.loadBalancer))].map((loadBalancer) => ({
      targetGroup: group.dimension,
      loadBalancer,
      metricName: 'RequestCount',
    })),
  );
  const window = { periodSeconds, startMs: endMs - hourMs, endMs };
  const sums = (await metricSums(aws, [...requestCounts, ...balancerErrorMetrics(input.routes)], window)) ?? [];
  const starts = sums.slice(0, requestCounts.length).flatMap((series) => [...series.keys()]);
  if (starts.length === 0) return { oldRequestsPerPeriod: 0, balancerErrorRate: 0 };
  const requests = total(sums.slice(0, requestCounts.length));
  const periods = (endMs - Math.min(...starts)) / periodMs;
  return {
    oldRequestsPerPeriod: requests / periods,
    balancerErrorRate: requests === 0 ? 0 : total(sums.slice(requestCounts.length)) / requests,
  };
}

function total(sums: Map<number, number>[]): number {
  return sums.flatMap((series) => [...series.values()]).reduce((sum, value) => sum + value, 0);
}

function routesTo(routes: readonly RouteFacts[], arn: string): RouteFacts[] {
  return routes.filter((route) => forwardsOf(route.actions).some((one) => one.arn === arn));
}
