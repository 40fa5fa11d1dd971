/** Somebody who is not Fleetshift: sees everything of a service through AWS's own clients, and now and then does harm. */
import {
  DeleteAutoScalingGroupCommand,
  paginateDescribeAutoScalingGroups,
  UpdateAutoScalingGroupCommand,
  type AutoScalingGroup,
} from '@aws-sdk/client-auto-scaling';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeleteLaunchTemplateCommand,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
} from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  paginateDescribeTargetGroups,
  type Action,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { routeArn } from '../ledger/routes';
import { outsiderClients, type OutsiderClients } from '../outsider-clients';
import { shrunkMin } from './invariants/left-in-order';
import type { RequestRows, Source, WorldView } from './record';
import type { Scenario } from './scenario';
import { oldImageId, region, sourceGroupOf } from './service';

type Weights = Record<string, number>;

export class Outsider {
  private readonly clients: OutsiderClients;

  constructor(endpoint: string) {
    this.clients = outsiderClients(endpoint, region);
  }

  async source(scenario: Scenario): Promise<Source> {
    const { service } = scenario;
    const targetGroups = await this.clients.elb.send(new DescribeTargetGroupsCommand({ Names: [service] }));
    const group = await this.group(sourceGroupOf(scenario));
    const { listenerArn, rules } = await this.routesOf(service);
    return {
      group: sourceGroupOf(scenario),
      targetGroupArn: targetGroups.TargetGroups?.[0]?.TargetGroupArn ?? '',
      templateName: service,
      imageId: oldImageId,
      min: group?.MinSize ?? -1,
      max: group?.MaxSize ?? -1,
      servers: group?.DesiredCapacity ?? -1,
      routes: rules.map((rule) => routeArn(rule, listenerArn)),
    };
  }

  async healthyTargets(targetGroupArn: string): Promise<number> {
    const answer = await this.clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
    return (answer.TargetHealthDescriptions ?? []).filter((one) => one.TargetHealth?.State === 'healthy').length;
  }

  async view(service: string): Promise<WorldView> {
    const { listenerArn, rules } = await this.routesOf(service);
    return {
      routes: Object.fromEntries(rules.map((rule) => [routeArn(rule, listenerArn), weightsIn(rule.Actions)])),
      groups: (await this.groupsOf(service)).map((group) => ({
        name: group.AutoScalingGroupName ?? '',
        min: group.MinSize ?? -1,
        max: group.MaxSize ?? -1,
        desired: group.DesiredCapacity ?? -1,
        servers: group.Instances?.length ?? 0,
      })),
      targetGroupArns: await this.targetGroupsOf(service),
      templateNames: await this.templatesOf(service),
      instances: await this.instancesOf(service),
    };
  }

  /** Requests per period of one second since then; as CloudWatch has them. */
  async requestRows(service: string, targetGroupArns: readonly string[], sinceMs: number): Promise<RequestRows> {
    const balancer = await this.balancerOf(service);
    const answer = await this.clients.metrics.send(
      new GetMetricDataCommand({
        MetricDataQueries: targetGroupArns.map((arn, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'RequestCount',
              Dimensions: [
                { Name: 'TargetGroup', Value: arn.slice(arn.indexOf('targetgroup/')) },
                { Name: 'LoadBalancer', Value: balancer.slice(balancer.indexOf('app/')) },
              ],
            },
            Period: 1,
            Stat: 'Sum',
          },
        })),
        StartTime: new Date(sinceMs),
        EndTime: new Date(),
      }),
    );
    return Object.fromEntries(
      targetGroupArns.map((arn, index) => {
        const result = answer.MetricDataResults?.find(({ Id }) => Id === `m${index}`);
        const rows = (result?.Timestamps ?? []).map((time, at) => ({
          startMs: time.getTime(),
          requests: result?.Values?.[at] ?? 0,
        }));
        return [arn, rows];
      }),
    );
  }

  /**
   * Gives new a share in the listener's default action that nobody asked for; answers false when new is not in it, or
   * has that share.
   */
  async editWeights(service: string, oldArn: string, newPercent: number): Promise<boolean> {
    const { listenerArn, weights } = await this.defaultRoute(service);
    const newArn = Object.keys(weights).find((arn) => arn !== oldArn);
    if (newArn === undefined || !(oldArn in weights) || weights[newArn] === newPercent) return false;
    await this.writeDefaultRoute(listenerArn, { [oldArn]: 100 - newPercent, [newArn]: newPercent });
    return true;
  }

  /** Takes an edit back, when it still stands; answers whether it did. */
  async putBack(service: string, before: Weights, editedPercent: number): Promise<boolean> {
    const { listenerArn, weights } = await this.defaultRoute(service);
    const standsStill =
      Object.keys(before).every((arn) => arn in weights) && Object.values(weights).includes(editedPercent);
    if (standsStill) await this.writeDefaultRoute(listenerArn, before);
    return standsStill;
  }

  /** One server is left; answers false when there were no more. */
  async shrink(groupName: string): Promise<boolean> {
    const group = await this.group(groupName);
    if ((group?.DesiredCapacity ?? 0) <= 1) return false;
    await this.clients.autoScaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName, MinSize: shrunkMin, DesiredCapacity: 1 }),
    );
    return true;
  }

  /** With its servers; answers false when it was gone. */
  async deleteGroup(groupName: string): Promise<boolean> {
    const group = await this.group(groupName);
    if (!group || group.Status !== undefined) return false;
    await this.clients.autoScaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: groupName, ForceDelete: true }),
    );
    return true;
  }

  /** Ids of the servers that are in a group now. */
  async serversOf(groupName: string): Promise<string[]> {
    const group = await this.group(groupName);
    return (group?.Instances ?? []).map((instance) => instance.InstanceId ?? '');
  }

  /** The group that Fleetshift has made; undefined while there is none. */
  async cloneName(service: string, sourceGroup: string): Promise<string | undefined> {
    const names = (await this.groupsOf(service)).map((group) => group.AutoScalingGroupName ?? '');
    return names.find((name) => name !== sourceGroup);
  }

  /** So that a service that is done costs nothing any more. */
  async letGo(service: string): Promise<void> {
    for (const { AutoScalingGroupName, Status } of await this.groupsOf(service)) {
      if (Status !== undefined) continue;
      await this.clients.autoScaling.send(
        new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }),
      );
    }
    for (const LaunchTemplateName of await this.templatesOf(service))
      await this.clients.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName }));
  }

  private async group(name: string): Promise<AutoScalingGroup | undefined> {
    return (await this.groups()).find((group) => group.AutoScalingGroupName === name);
  }

  private async groupsOf(service: string): Promise<AutoScalingGroup[]> {
    return (await this.groups()).filter((group) => group.AutoScalingGroupName?.startsWith(`${service}-`) === true);
  }

  private async groups(): Promise<AutoScalingGroup[]> {
    const groups: AutoScalingGroup[] = [];
    for await (const page of paginateDescribeAutoScalingGroups({ client: this.clients.autoScaling }, {})) {
      groups.push(...(page.AutoScalingGroups ?? []));
    }
    return groups;
  }

  private async targetGroupsOf(service: string): Promise<string[]> {
    const arns: string[] = [];
    for await (const page of paginateDescribeTargetGroups({ client: this.clients.elb }, {})) {
      const groups = (page.TargetGroups ?? []).filter((group) => isOfService(service, group.TargetGroupName));
      arns.push(...groups.map((group) => group.TargetGroupArn ?? ''));
    }
    return arns;
  }

  private async templatesOf(service: string): Promise<string[]> {
    const names: string[] = [];
    for await (const page of paginateDescribeLaunchTemplates({ client: this.clients.ec2 }, {})) {
      const all = (page.LaunchTemplates ?? []).map((template) => template.LaunchTemplateName ?? '');
      names.push(...all.filter((name) => isOfService(service, name)));
    }
    return names;
  }

  private async instancesOf(service: string): Promise<WorldView['instances']> {
    const found: WorldView['instances'] = [];
    const Filters = [{ Name: 'tag:aws:autoscaling:groupName', Values: [`${service}-*`] }];
    for await (const page of paginateDescribeInstances({ client: this.clients.ec2 }, { Filters })) {
      for (const instance of (page.Reservations ?? []).flatMap((one) => one.Instances ?? [])) {
        const group = instance.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value ?? '';
        found.push({ group, imageId: instance.ImageId ?? '' });
      }
    }
    return found;
  }

  private async balancerOf(service: string): Promise<string> {
    const answer = await this.clients.elb.send(new DescribeLoadBalancersCommand({ Names: [service] }));
    return answer.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  }

  private async routesOf(service: string): Promise<{ listenerArn: string; rules: Rule[] }> {
    const LoadBalancerArn = await this.balancerOf(service);
    const listeners = await this.clients.elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    const listenerArn = listeners.Listeners?.[0]?.ListenerArn ?? '';
    const rules = await this.clients.elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
    return { listenerArn, rules: rules.Rules ?? [] };
  }

  private async defaultRoute(service: string): Promise<{ listenerArn: string; weights: Weights }> {
    const { listenerArn, rules } = await this.routesOf(service);
    return { listenerArn, weights: weightsIn(rules.find((rule) => rule.IsDefault)?.Actions) };
  }

  private async writeDefaultRoute(listenerArn: string, weights: Weights): Promise<void> {
    const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
    await this.clients.elb.send(
      new ModifyListenerCommand({
        ListenerArn: listenerArn,
        DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
      }),
    );
  }
}

function weightsIn(actions: Action[] | undefined): Weights {
  const forwards = actions?.flatMap((action) => action.ForwardConfig?.TargetGroups ?? []) ?? [];
  return Object.fromEntries(forwards.map((one) => [one.TargetGroupArn ?? '', one.Weight ?? 1]));
}

function isOfService(service: string, name: string | undefined): boolean {
  return name === service || name?.startsWith(`${service}-`) === true;
}
