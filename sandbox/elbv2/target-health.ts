import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealth as AwsTargetHealth,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Validated } from '../codec/operation';
import type { TargetHealth } from '../data-plane/types';
import type { Cloud } from '../state/cloud';
import { findTargetGroup } from './find';

/** A target that is asked for and not registered is answered as unused, not left out. */
export function describeTargetHealth(
  cloud: Cloud,
  input: Validated<DescribeTargetHealthInput>,
): DescribeTargetHealthOutput {
  const group = findTargetGroup(cloud.state, input.TargetGroupArn);
  const registered = cloud.dataPlane.targetHealth(group.arn);
  if (!input.Targets?.length) return { TargetHealthDescriptions: registered.map(described) };
  return {
    TargetHealthDescriptions: input.Targets.map((wanted) => {
      const found = registered.find(({ target }) => isSame(target, wanted));
      return found ? described(found) : notRegistered(wanted.Id, wanted.Port ?? group.described.Port);
    }),
  };
}

/** How many healthy targets each target group has now that the input of a call names; by ARN. */
export function countHealthyTargets(cloud: Cloud, input: unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [arn] of JSON.stringify(input).matchAll(/arn:[^"]+:targetgroup\/[^"]+/g)) {
    if (!cloud.state.targetGroups.has(arn)) continue;
    counts[arn] = cloud.dataPlane.targetHealth(arn).filter((health) => health.state === 'healthy').length;
  }
  return counts;
}

function isSame(target: TargetHealth['target'], wanted: { Id: string; Port?: number | undefined }): boolean {
  return target.instanceId === wanted.Id && (wanted.Port === undefined || wanted.Port === target.port);
}

function described(health: TargetHealth): TargetHealthDescription {
  return {
    Target: { Id: health.target.instanceId, Port: health.target.port },
    HealthCheckPort: String(health.target.port),
    TargetHealth: {
      State: health.state,
      Reason: health.reason as AwsTargetHealth['Reason'],
      Description: health.description,
    },
  };
}

function notRegistered(id: string, port: number | undefined): TargetHealthDescription {
  return {
    Target: { Id: id, Port: port },
    TargetHealth: {
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    },
  };
}
