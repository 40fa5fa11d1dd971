/** How things stand in a whole cloud now: the beginning of the ledgers that follow. */
import { paginateDescribeAutoScalingGroups, type AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { outsiderClients, type OutsiderClients } from '../outsider-clients';
import { deploymentIn, targetGroupName } from './creations';
import type { Beginning, Fleet } from './facts';
import { routeArn, sharesOf } from './routes';

export async function readBeginning(endpoint: string, region: string): Promise<Beginning> {
  const clients = outsiderClients(endpoint, region);
  const routes = await routesOf(clients);
  const fleets = await fleetsOf(clients);
  return {
    routes,
    fleets: fleets.map((fleet) => ({ ...fleet, carriers: carriersOf(fleet, fleets, routes) })),
    ownTargetGroups: await ownTargetGroups(clients),
  };
}

async function routesOf({ elb }: OutsiderClients): Promise<Beginning['routes']> {
  const routes: Beginning['routes'] = {};
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  for (const { LoadBalancerArn } of LoadBalancers) {
    const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    for (const { ListenerArn = '' } of Listeners) {
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
      for (const rule of Rules) routes[routeArn(rule, ListenerArn)] = sharesOf(rule.Actions ?? []);
    }
  }
  return routes;
}

/** Oldest first. */
async function fleetsOf({ autoScaling: client }: OutsiderClients): Promise<Fleet[]> {
  const groups: AutoScalingGroup[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client }, {}))
    groups.push(...(page.AutoScalingGroups ?? []));
  const age = ({ CreatedTime }: AutoScalingGroup) => CreatedTime?.getTime() ?? 0;
  return groups
    .sort((one, other) => age(one) - age(other))
    .map((group) => ({
      group: group.AutoScalingGroupName ?? '',
      targetGroupArns: group.TargetGroupARNs ?? [],
      servers: group.DesiredCapacity ?? 0,
      deployment: deploymentIn(group.Tags ?? []),
    }));
}

/** Fleets that share a route carry the same traffic, so each needs what the largest has. */
function carriersOf(fleet: Fleet, fleets: readonly Fleet[], routes: Beginning['routes']): number {
  const sharing = Object.values(routes).filter((shares) => isIn(fleet, shares));
  const peers = fleets.filter((one) => sharing.some((shares) => isIn(one, shares)));
  return Math.max(fleet.servers, ...peers.map(({ servers }) => servers));
}

function isIn({ targetGroupArns }: Fleet, shares: Record<string, number>): boolean {
  return targetGroupArns.some((arn) => arn in shares);
}

async function ownTargetGroups({ elb }: OutsiderClients): Promise<string[]> {
  const own: string[] = [];
  const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
  for (const { TargetGroupArn = '' } of TargetGroups) {
    const { TagDescriptions = [] } = await elb.send(new DescribeTagsCommand({ ResourceArns: [TargetGroupArn] }));
    if (deploymentIn(TagDescriptions[0]?.Tags ?? []) !== null) own.push(targetGroupName(TargetGroupArn));
  }
  return own;
}
