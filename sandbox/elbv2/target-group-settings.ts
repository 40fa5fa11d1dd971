import type { CreateTargetGroupInput, ModifyTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { TargetGroupSettings } from '../data-plane/types';
import type { TargetGroupState } from '../state/balancer-state';
import type { Cloud } from '../state/cloud';

type Described = TargetGroupState['described'];

/** Settings of a new target group, with AWS's defaults filled in. */
export function settingsFromInput(input: Validated<CreateTargetGroupInput>): Described {
  if (input.TargetType !== undefined && input.TargetType !== 'instance') {
    throw new AwsError('ValidationError', `The sandbox has targets of type 'instance' only, not '${input.TargetType}'`);
  }
  if (input.Protocol === undefined) throw new AwsError('ValidationError', 'A protocol must be specified');
  if (input.Port === undefined) throw new AwsError('ValidationError', 'A port must be specified');
  const described: Described = {
    Protocol: input.Protocol,
    ProtocolVersion: input.ProtocolVersion ?? 'HTTP1',
    Port: input.Port,
    VpcId: input.VpcId ?? 'vpc-sandbox',
    TargetType: 'instance',
    IpAddressType: input.IpAddressType ?? 'ipv4',
    HealthCheckEnabled: input.HealthCheckEnabled ?? true,
    HealthCheckProtocol: input.HealthCheckProtocol ?? 'HTTP',
    HealthCheckPort: input.HealthCheckPort ?? 'traffic-port',
    HealthCheckPath: input.HealthCheckPath ?? '/',
    HealthCheckIntervalSeconds: input.HealthCheckIntervalSeconds ?? 30,
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? 5,
    HealthyThresholdCount: input.HealthyThresholdCount ?? 5,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? 2,
    Matcher: { HttpCode: input.Matcher?.HttpCode ?? '200' },
  };
  checkSettings(described);
  return described;
}

/** `described` with what is given in `input`. */
export function modifiedSettings(described: Described, input: Validated<ModifyTargetGroupInput>): Described {
  const modified: Described & { TargetGroupArn?: string } = { ...described, ...input };
  delete modified.TargetGroupArn;
  checkSettings(modified);
  return modified;
}

function checkSettings(described: Described): void {
  checkRange('Health check interval', described.HealthCheckIntervalSeconds, 5, 300);
  checkRange('Health check timeout', described.HealthCheckTimeoutSeconds, 2, 120);
  checkRange('Healthy threshold count', described.HealthyThresholdCount, 2, 10);
  checkRange('Unhealthy threshold count', described.UnhealthyThresholdCount, 2, 10);
  checkRange('Port', described.Port, 1, 65_535);
  if ((described.HealthCheckTimeoutSeconds ?? 0) >= (described.HealthCheckIntervalSeconds ?? 0)) {
    const message = `Health check timeout '${described.HealthCheckTimeoutSeconds}' must be smaller than the interval '${described.HealthCheckIntervalSeconds}'`;
    throw new AwsError('ValidationError', message);
  }
  if (!/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(described.Matcher?.HttpCode ?? '')) {
    const message = `Health check matcher HTTP code '${described.Matcher?.HttpCode}' must be a list of codes and ranges`;
    throw new AwsError('ValidationError', message);
  }
}

function checkRange(what: string, value: number | undefined, min: number, max: number): void {
  if (value !== undefined && value >= min && value <= max) return;
  throw new AwsError('ValidationError', `${what} '${value}' must be between '${min}' and '${max}'`);
}

/** Tells the data plane about the present settings of a target group. */
export function publishTargetGroup(cloud: Cloud, group: TargetGroupState): void {
  cloud.dataPlane.putTargetGroup(dataPlaneSettings(group));
}

function dataPlaneSettings(group: TargetGroupState): TargetGroupSettings {
  const { described } = group;
  return {
    arn: group.arn,
    dimension: group.dimension,
    healthCheck: {
      path: described.HealthCheckPath ?? '/',
      intervalSeconds: described.HealthCheckIntervalSeconds ?? 30,
      timeoutSeconds: described.HealthCheckTimeoutSeconds ?? 5,
      healthyThreshold: described.HealthyThresholdCount ?? 5,
      unhealthyThreshold: described.UnhealthyThresholdCount ?? 2,
      matcher: described.Matcher?.HttpCode ?? '200',
    },
    deregistrationDelaySeconds: Number(group.attributes['deregistration_delay.timeout_seconds']),
  };
}
