import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
  TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { findTargetGroup } from './find';
import { publishTargetGroup } from './target-group-settings';

const delayKey = 'deregistration_delay.timeout_seconds';
const maxDelaySeconds = 3600;

/** What a new target group of an application load balancer has. Only the deregistration delay has an effect here. */
export function defaultAttributes(): Record<string, string> {
  return {
    [delayKey]: '300',
    'load_balancing.algorithm.anomaly_mitigation': 'off',
    'load_balancing.algorithm.type': 'round_robin',
    'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
    'slow_start.duration_seconds': '0',
    'stickiness.app_cookie.cookie_name': '',
    'stickiness.app_cookie.duration_seconds': '86400',
    'stickiness.enabled': 'false',
    'stickiness.lb_cookie.duration_seconds': '86400',
    'stickiness.type': 'lb_cookie',
    'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
    'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
  };
}

export function modifyTargetGroupAttributes(
  cloud: Cloud,
  input: Validated<ModifyTargetGroupAttributesInput>,
): ModifyTargetGroupAttributesOutput {
  const group = findTargetGroup(cloud.state, input.TargetGroupArn);
  const changed = input.Attributes.map(({ Key, Value }) => [checkKey(group.attributes, Key), Value ?? ''] as const);
  for (const [key, value] of changed) checkValue(key, value);
  for (const [key, value] of changed) group.attributes[key] = value;
  publishTargetGroup(cloud, group);
  return { Attributes: attributeList(group.attributes) };
}

export function describeTargetGroupAttributes(
  state: CloudState,
  input: Validated<DescribeTargetGroupAttributesInput>,
): DescribeTargetGroupAttributesOutput {
  return { Attributes: attributeList(findTargetGroup(state, input.TargetGroupArn).attributes) };
}

function checkKey(attributes: Record<string, string>, key: string | undefined): string {
  if (key !== undefined && key in attributes) return key;
  throw new AwsError('ValidationError', `Target group attribute key '${key}' is not recognized`);
}

function checkValue(key: string, value: string): void {
  if (key !== delayKey) return;
  const seconds = Number(value);
  if (/^\d+$/.test(value) && seconds <= maxDelaySeconds) return;
  throw new AwsError('ValidationError', `'${key}' must be between '0' and '${maxDelaySeconds}' inclusive`);
}

function attributeList(attributes: Record<string, string>): TargetGroupAttribute[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}
