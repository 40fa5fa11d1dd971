import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createGroup } from '../autoscaling/create-group';
import { findGroup } from '../autoscaling/find-group';
import type { Validated } from '../codec/operation';
import { createLaunchTemplate, createLaunchTemplateVersion } from '../ec2/templates';
import { createListener } from '../elbv2/listeners';
import { createLoadBalancer } from '../elbv2/load-balancers';
import { createRule } from '../elbv2/rules';
import { modifyTargetGroupAttributes } from '../elbv2/target-group-attributes';
import { createTargetGroup } from '../elbv2/target-groups';
import type { Cloud } from '../state/cloud';
import type { ImageState } from '../state/compute-state';
import { inertPartsFromWorld } from './inert-parts';
import type { ParsedGroup, ParsedImage, ParsedWorld } from './schema';

type ArnByName = Map<string, string>;

/** Makes what the world file describes, by the same rules as calls do, but without entries in the ledger. */
export async function buildWorld(cloud: Cloud, world: ParsedWorld): Promise<void> {
  for (const [id, image] of Object.entries(world.images)) cloud.state.images.set(id, imageFromWorld(id, image));
  const templates = new Map(world.launchTemplates.map((template) => [template.name, buildTemplate(cloud, template)]));
  const targetGroups = new Map(world.targetGroups.map((group) => [group.name, buildTargetGroup(cloud, group)]));
  for (const balancer of world.loadBalancers) await buildBalancer(cloud, balancer, targetGroups);
  for (const group of world.groups) buildGroup(cloud, group, templates, targetGroups);
}

export function imageFromWorld(id: string, image: ParsedImage): ImageState {
  return {
    id,
    state: image.state,
    architecture: image.architecture,
    program: {
      version: image.version,
      port: image.port,
      bootSeconds: image.boot,
      healthPath: image.healthPath,
      healthStatus: image.healthStatus,
      errorRate: image.errorRate,
      brokenRate: image.brokenRate,
      latencyMs: image.latency * 1000,
    },
  };
}

function buildTemplate(cloud: Cloud, template: ParsedWorld['launchTemplates'][number]): string {
  const [first = {}, ...later] = template.versions.map(templateData);
  const created = createLaunchTemplate(cloud, {
    LaunchTemplateName: template.name,
    LaunchTemplateData: first,
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: tagList(template.tags) }],
  });
  for (const data of later) {
    createLaunchTemplateVersion(cloud, { LaunchTemplateName: template.name, LaunchTemplateData: data });
  }
  const id = created.LaunchTemplate?.LaunchTemplateId ?? '';
  const state = cloud.state.templates.get(id);
  if (state) state.defaultVersion = template.defaultVersion;
  return id;
}

/** `imageId` in the file is `ImageId` of the API; plain user data becomes base64. */
function templateData(version: Record<string, unknown>): Validated<RequestLaunchTemplateData> {
  const data = Object.fromEntries(
    Object.entries(version).map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value]),
  ) as Validated<RequestLaunchTemplateData>;
  if (data.UserData !== undefined) data.UserData = Buffer.from(data.UserData).toString('base64');
  return data;
}

function buildTargetGroup(cloud: Cloud, group: ParsedWorld['targetGroups'][number]): string {
  const created = createTargetGroup(cloud, {
    Name: group.name,
    Protocol: 'HTTP',
    Port: group.port,
    HealthCheckPath: group.healthCheck.path,
    HealthCheckIntervalSeconds: group.healthCheck.interval,
    HealthCheckTimeoutSeconds: group.healthCheck.timeout,
    HealthyThresholdCount: group.healthCheck.healthyThreshold,
    UnhealthyThresholdCount: group.healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: group.healthCheck.matcher },
    Tags: tagList(group.tags),
  });
  const arn = created.TargetGroups?.[0]?.TargetGroupArn ?? '';
  modifyTargetGroupAttributes(cloud, {
    TargetGroupArn: arn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(group.deregistrationDelay) }],
  });
  return arn;
}

async function buildBalancer(
  cloud: Cloud,
  balancer: ParsedWorld['loadBalancers'][number],
  targetGroups: ArnByName,
): Promise<void> {
  const created = createLoadBalancer(cloud, {
    Name: balancer.name,
    Subnets: ['subnet-a', 'subnet-b', 'subnet-c'],
    Tags: tagList(balancer.tags),
  });
  for (const listener of balancer.listeners) {
    const opened = await createListener(cloud, {
      LoadBalancerArn: created.LoadBalancers?.[0]?.LoadBalancerArn ?? '',
      Protocol: 'HTTP',
      Port: listener.port,
      DefaultActions: [forwardAction(listener.forward, targetGroups)],
    });
    const listenerArn = opened.Listeners?.[0]?.ListenerArn ?? '';
    cloud.dataPlane.setVirtualLoad?.(listenerArn, listener.virtualLoad);
    for (const rule of listener.rules) {
      createRule(cloud, {
        ListenerArn: listenerArn,
        Priority: rule.priority,
        Conditions: [
          ...(rule.path === undefined ? [] : [{ Field: 'path-pattern', Values: [rule.path] }]),
          ...(rule.host === undefined ? [] : [{ Field: 'host-header', Values: [rule.host] }]),
        ],
        Actions: [forwardAction(rule.forward, targetGroups)],
      });
    }
  }
}

function forwardAction(weights: Record<string, number>, targetGroups: ArnByName): Validated<Action> {
  const entries = Object.entries(weights).map(([name, Weight]) => ({
    TargetGroupArn: targetGroups.get(name) ?? name,
    Weight,
  }));
  return { Type: 'forward', ForwardConfig: { TargetGroups: entries } };
}

function buildGroup(cloud: Cloud, group: ParsedGroup, templates: ArnByName, targetGroups: ArnByName): void {
  createGroup(cloud, {
    AutoScalingGroupName: group.name,
    LaunchTemplate: { LaunchTemplateId: templates.get(group.template), Version: String(group.version) },
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    TargetGroupARNs: group.targetGroups.map((name) => targetGroups.get(name) ?? name),
    VPCZoneIdentifier: group.subnets.join(','),
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.healthCheckGracePeriod,
    Tags: Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
  });
  findGroup(cloud.state, group.name).inert = inertPartsFromWorld(cloud, group);
}

function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
