import { randomUUID } from 'node:crypto';
import type { CreateAutoScalingGroupType, LifecycleHookSpecification } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { GroupSettings, GroupState, InertParts } from '../state/group-state';
import { validationError } from './find-group';
import { checkGroupName, checkSettings, checkSizes, checkTargetGroups, completeSpecification } from './group-rules';
import { checkedTags } from './group-tags';

type Input = Validated<CreateAutoScalingGroupType>;

/** @throws AwsError AlreadyExists, ValidationError */
export function createGroup(cloud: Cloud, input: Input): object {
  checkGroupName(input.AutoScalingGroupName);
  if (cloud.state.groups.has(input.AutoScalingGroupName)) {
    const message = `AutoScalingGroup by this name already exists - A group with the name ${input.AutoScalingGroupName} already exists`;
    throw new AwsError('AlreadyExists', message);
  }
  const group = newGroup(cloud, input);
  checkSizes(group);
  checkSettings(cloud, group.settings);
  checkTargetGroups(cloud.state, group.targetGroupArns);
  cloud.state.groups.set(group.name, group);
  return {};
}

function newGroup(cloud: Cloud, input: Input): GroupState {
  const name = input.AutoScalingGroupName;
  return {
    name,
    arn: cloud.arn('autoscaling', `autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`),
    createdAt: new Date(),
    minSize: input.MinSize,
    maxSize: input.MaxSize,
    desiredCapacity: input.DesiredCapacity ?? input.MinSize,
    targetGroupArns: targetGroupsOf(input),
    attachedLater: [],
    detaching: [],
    tags: checkedTags(name, input.Tags ?? []),
    settings: settingsOf(cloud, input),
    inert: inertParts(name, input.LifecycleHookSpecificationList ?? []),
    failedLaunches: 0,
    noLaunchBeforeMs: 0,
  };
}

/** One list of both spellings; AWS's answer to a double mention is unknown, so the sandbox takes the strict way. */
function targetGroupsOf(input: Input): string[] {
  const arns = input.TargetGroupARNs ?? [];
  const sources = (input.TrafficSources ?? []).map((source) => {
    if ((source.Type ?? 'elbv2') === 'elbv2') return source.Identifier;
    throw validationError(`The sandbox has traffic sources of type elbv2 only, not '${source.Type}'`);
  });
  if (input.LoadBalancerNames?.length) throw validationError('The sandbox has no Classic Load Balancers');
  const all = [...arns, ...sources];
  if (new Set(all).size === all.length) return all;
  throw validationError('A target group may be given only once in TargetGroupARNs and TrafficSources');
}

function settingsOf(cloud: Cloud, input: Input): GroupSettings {
  if (input.InstanceId !== undefined) throw validationError('The sandbox cannot make a group from an instance');
  const settings: GroupSettings & Partial<CreateAutoScalingGroupType> = {
    DefaultCooldown: 300,
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
    ServiceLinkedRoleARN: `arn:aws:iam::${cloud.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    ...input,
  };
  for (const key of notSettings) delete settings[key];
  if (input.LaunchTemplate) settings.LaunchTemplate = completeSpecification(cloud.state, input.LaunchTemplate);
  return settings;
}

/** Kept elsewhere in the group, or only meant for creation. */
const notSettings = [
  'AutoScalingGroupName',
  'MinSize',
  'MaxSize',
  'DesiredCapacity',
  'TargetGroupARNs',
  'TrafficSources',
  'LoadBalancerNames',
  'Tags',
  'InstanceId',
  'LifecycleHookSpecificationList',
  'SkipZonalShiftValidation',
] as const satisfies (keyof CreateAutoScalingGroupType)[];

function inertParts(groupName: string, hooks: Validated<LifecycleHookSpecification>[]): InertParts {
  return {
    lifecycleHooks: hooks.map((hook) => ({
      AutoScalingGroupName: groupName,
      HeartbeatTimeout: 3600,
      DefaultResult: 'ABANDON',
      GlobalTimeout: Math.min(172_800, 100 * (hook.HeartbeatTimeout ?? 3600)),
      ...hook,
    })),
    scalingPolicies: [],
    scheduledActions: [],
    notificationConfigurations: [],
  };
}
