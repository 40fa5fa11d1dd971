/** What is really there in the cloud for one service, seen through AWS's own clients. */
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, DescribeLaunchTemplatesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { region, type Stage } from './stage';

export interface View {
  /** Per route, weights by target group name; the default action comes last. */
  routes: Record<string, number>[];
  groups: { name: string; min: number; desired: number; servers: number }[];
  targetGroups: string[];
  templates: string[];
}

/** Of somebody who is not Fleetshift. */
export function clients(stage: Stage) {
  const config = {
    endpoint: stage.sandbox.url,
    region,
    credentials: { accessKeyId: 'outsider', secretAccessKey: 'sandbox' },
  };
  return {
    autoScaling: new AutoScalingClient(config),
    ec2: new EC2Client(config),
    elb: new ElasticLoadBalancingV2Client(config),
  };
}

/** Everything whose name begins with the service's name, as everything does that is made for it. */
export async function viewOf(stage: Stage, serviceName: string): Promise<View> {
  const { autoScaling, ec2, elb } = clients(stage);
  const isOurs = (name: string | undefined) => name === serviceName || name?.startsWith(`${serviceName}-`) === true;
  const groups = (await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups ?? [];
  const targetGroups = (await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups ?? [];
  const templates = (await ec2.send(new DescribeLaunchTemplatesCommand({}))).LaunchTemplates ?? [];
  const nameOf = new Map(targetGroups.map((group) => [group.TargetGroupArn, group.TargetGroupName ?? '']));
  const rules =
    (await elb.send(new DescribeRulesCommand({ ListenerArn: await listenerOf(elb, serviceName) }))).Rules ?? [];
  return {
    routes: rules.map((rule) =>
      Object.fromEntries(
        (rule.Actions?.at(-1)?.ForwardConfig?.TargetGroups ?? []).map((one) => [
          nameOf.get(one.TargetGroupArn) ?? 'unknown',
          one.Weight ?? 1,
        ]),
      ),
    ),
    groups: groups
      .filter((group) => isOurs(group.AutoScalingGroupName))
      .map((group) => ({
        name: group.AutoScalingGroupName ?? '',
        min: group.MinSize ?? -1,
        desired: group.DesiredCapacity ?? -1,
        servers: group.Instances?.length ?? 0,
      })),
    targetGroups: targetGroups.map((group) => group.TargetGroupName ?? '').filter(isOurs),
    templates: templates.map((template) => template.LaunchTemplateName ?? '').filter(isOurs),
  };
}

export async function instancesOf(stage: Stage, groupName: string): Promise<string[]> {
  const { autoScaling } = clients(stage);
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  return (group?.Instances ?? []).map((instance) => instance.InstanceId ?? '');
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

async function listenerOf(elb: ElasticLoadBalancingV2Client, balancerName: string): Promise<string> {
  const balancers = await elb.send(new DescribeLoadBalancersCommand({ Names: [balancerName] }));
  const { LoadBalancerArn } = balancers.LoadBalancers?.[0] ?? {};
  const listeners = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return listeners.Listeners?.[0]?.ListenerArn ?? '';
}
