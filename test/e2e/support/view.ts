/** What is really there in the cloud for one service, seen through AWS's own clients. */
import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Outsider } from '../../../dev/campaign/outsider';
import { targetGroupName } from '../../../dev/ledger/creations';
import { outsiderClients, type OutsiderClients } from '../../../dev/outsider-clients';
import { region, type Stage } from './stage';

export interface View {
  /** Per route, weights by target group name; the default action comes last. */
  routes: Record<string, number>[];
  groups: { name: string; min: number; desired: number; servers: number }[];
  targetGroups: string[];
  templates: string[];
}

/** Of somebody who is not Fleetshift. */
export function clients(stage: Stage): OutsiderClients {
  return outsiderClients(stage.sandbox.url, region);
}

/** Who sees it. */
export function outsiderOf(stage: Stage): Outsider {
  return new Outsider(stage.sandbox.url);
}

/** Everything whose name begins with the service's name, as everything does that is made for it. */
export async function viewOf(stage: Stage, serviceName: string): Promise<View> {
  const { routes, groups, targetGroupArns, templateNames } = await outsiderOf(stage).view(serviceName);
  return {
    routes: Object.values(routes).map((weights) =>
      Object.fromEntries(Object.entries(weights).map(([arn, weight]) => [targetGroupName(arn), weight])),
    ),
    groups: groups.map(({ name, min, desired, servers }) => ({ name, min, desired, servers })),
    targetGroups: targetGroupArns.map(targetGroupName),
    templates: templateNames,
  };
}

export function instancesOf(stage: Stage, groupName: string): Promise<string[]> {
  return outsiderOf(stage).serversOf(groupName);
}

/** Images that a group's servers run, each once. */
export async function imagesOf(stage: Stage, groupName: string): Promise<string[]> {
  const InstanceIds = await instancesOf(stage, groupName);
  const { Reservations = [] } = await clients(stage).ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  const instances = Reservations.flatMap((reservation) => reservation.Instances ?? []);
  return [...new Set(instances.map((instance) => instance.ImageId ?? ''))];
}

/** Somebody else changes a group's sizes. */
export async function resizeGroup(
  stage: Stage,
  groupName: string,
  sizes: { MinSize?: number; DesiredCapacity?: number },
): Promise<void> {
  const { autoScaling } = clients(stage);
  await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName, ...sizes }));
}

/** Somebody else writes the listener's default action. */
export async function editWeights(stage: Stage, serviceName: string, weights: Record<string, number>): Promise<void> {
  const { elb } = clients(stage);
  const targetGroups = (await elb.send(new DescribeTargetGroupsCommand({ Names: Object.keys(weights) }))).TargetGroups;
  await elb.send(
    new ModifyListenerCommand({
      ListenerArn: await listenerOf(elb, serviceName),
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: (targetGroups ?? []).map((group) => ({
              TargetGroupArn: group.TargetGroupArn,
              Weight: weights[group.TargetGroupName ?? ''],
            })),
          },
        },
      ],
    }),
  );
}

/** Puts a login before what the first rule of the service's listener forwards. */
export async function addLogin(stage: Stage, serviceName: string): Promise<void> {
  const { elb } = clients(stage);
  const [rule] =
    (await elb.send(new DescribeRulesCommand({ ListenerArn: await listenerOf(elb, serviceName) }))).Rules ?? [];
  const login = {
    Issuer: 'https://login.example',
    AuthorizationEndpoint: 'https://login.example/authorize',
    TokenEndpoint: 'https://login.example/token',
    UserInfoEndpoint: 'https://login.example/user',
    ClientId: "the service's",
    ClientSecret: 'never shown again',
  };
  await elb.send(
    new ModifyRuleCommand({
      RuleArn: rule?.RuleArn,
      Actions: [
        { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: login },
        ...(rule?.Actions ?? []).map((action) => ({ ...action, Order: 2 })),
      ],
    }),
  );
}

async function listenerOf(elb: OutsiderClients['elb'], balancerName: string): Promise<string> {
  const balancers = await elb.send(new DescribeLoadBalancersCommand({ Names: [balancerName] }));
  const { LoadBalancerArn } = balancers.LoadBalancers?.[0] ?? {};
  const listeners = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return listeners.Listeners?.[0]?.ListenerArn ?? '';
}
