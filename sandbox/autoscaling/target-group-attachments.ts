import type {
  AttachLoadBalancerTargetGroupsType,
  DescribeLoadBalancerTargetGroupsRequest,
  DescribeLoadBalancerTargetGroupsResponse,
  DescribeTrafficSourcesRequest,
  DescribeTrafficSourcesResponse,
  DetachLoadBalancerTargetGroupsType,
} from '@aws-sdk/client-auto-scaling';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import type { InstanceState } from '../state/compute-state';
import type { GroupState } from '../state/group-state';
import { findGroup, instancesOf, validationError } from './find-group';
import { checkTargetGroups } from './group-rules';

const maxPerCall = 10;

/** Attaching what is attached is no error. */
export function attachTargetGroups(cloud: Cloud, input: Validated<AttachLoadBalancerTargetGroupsType>): object {
  const group = findGroup(cloud.state, input.AutoScalingGroupName);
  checkCount(input.TargetGroupARNs);
  checkTargetGroups(cloud.state, input.TargetGroupARNs);
  for (const arn of input.TargetGroupARNs) {
    if (group.targetGroupArns.includes(arn)) continue;
    group.targetGroupArns.push(arn);
    group.attachedLater.push(arn);
    for (const instance of servingInstances(cloud.state, group)) registerInstance(cloud, arn, instance);
  }
  return {};
}

/** Answers at once; the attachment is shown as `Removing` until its targets are drained. */
export function detachTargetGroups(cloud: Cloud, input: Validated<DetachLoadBalancerTargetGroupsType>): object {
  const group = findGroup(cloud.state, input.AutoScalingGroupName);
  checkCount(input.TargetGroupARNs);
  const unknown = input.TargetGroupARNs.find((arn) => !group.targetGroupArns.includes(arn));
  if (unknown !== undefined)
    throw validationError(`Trying to remove Target Groups that are not part of the group: ${unknown}`);
  for (const arn of input.TargetGroupARNs) {
    group.targetGroupArns = group.targetGroupArns.filter((attached) => attached !== arn);
    group.attachedLater = group.attachedLater.filter((attached) => attached !== arn);
    group.detaching.push(arn);
    void drainTargetGroup(cloud, group, arn);
  }
  return {};
}

export function describeTargetGroups(
  cloud: Cloud,
  state: CloudState,
  input: Validated<DescribeLoadBalancerTargetGroupsRequest>,
): DescribeLoadBalancerTargetGroupsResponse {
  const attachments = attachmentsOf(cloud, findGroup(state, input.AutoScalingGroupName));
  return {
    LoadBalancerTargetGroups: attachments.map(({ arn, state: attachmentState }) => ({
      LoadBalancerTargetGroupARN: arn,
      State: attachmentState,
    })),
  };
}

export function describeTrafficSources(
  cloud: Cloud,
  state: CloudState,
  input: Validated<DescribeTrafficSourcesRequest>,
): DescribeTrafficSourcesResponse {
  const wanted = input.TrafficSourceType ?? 'elbv2';
  const attachments = wanted === 'elbv2' ? attachmentsOf(cloud, findGroup(state, input.AutoScalingGroupName)) : [];
  return {
    TrafficSources: attachments.map(({ arn, state: attachmentState }) => ({
      Identifier: arn,
      TrafficSource: arn,
      Type: 'elbv2',
      State: attachmentState,
    })),
  };
}

/** Registers under the target group's own port, as Auto Scaling does. A deleted target group is passed over. */
export function registerInstance(cloud: Cloud, targetGroupArn: string, instance: InstanceState): void {
  const targetGroup = cloud.state.targetGroups.get(targetGroupArn);
  if (!targetGroup) return;
  const port = targetGroup.described.Port ?? instance.port;
  cloud.dataPlane.register(targetGroupArn, { instanceId: instance.id, address: instance.address, port });
}

function servingInstances(state: CloudState, group: GroupState): InstanceState[] {
  return instancesOf(state, group.name).filter((instance) => instance.lifecycle === 'InService');
}

async function drainTargetGroup(cloud: Cloud, group: GroupState, arn: string): Promise<void> {
  const instances = servingInstances(cloud.state, group);
  await Promise.all(instances.map((instance) => cloud.dataPlane.deregister(arn, instance.id)));
  group.detaching = group.detaching.filter((detaching) => detaching !== arn);
}

interface Attachment {
  arn: string;
  state: 'Added' | 'InService' | 'Removing';
}

/** Attached at creation, they say InService at once, healthy or not; attached later, once one target is healthy. */
function attachmentsOf(cloud: Cloud, group: GroupState): Attachment[] {
  const attached = group.targetGroupArns.map((arn): Attachment => {
    const isInService = !group.attachedLater.includes(arn) || hasHealthyTarget(cloud, arn);
    return { arn, state: isInService ? 'InService' : 'Added' };
  });
  return [...attached, ...group.detaching.map((arn): Attachment => ({ arn, state: 'Removing' }))];
}

function hasHealthyTarget(cloud: Cloud, arn: string): boolean {
  return cloud.dataPlane.targetHealth(arn).some((health) => health.state === 'healthy');
}

function checkCount(arns: string[]): void {
  if (arns.length < 1 || arns.length > maxPerCall) {
    throw validationError(`Between 1 and ${maxPerCall} target groups can be given in one call`);
  }
}
