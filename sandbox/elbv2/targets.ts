import type { DeregisterTargetsInput, RegisterTargetsInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Target } from '../data-plane/types';
import type { Cloud } from '../state/cloud';
import { findTargetGroup } from './find';

export function registerTargets(cloud: Cloud, input: Validated<RegisterTargetsInput>): object {
  const group = findTargetGroup(cloud.state, input.TargetGroupArn);
  const targets = input.Targets.map(({ Id, Port }): Target => {
    const instance = cloud.state.instances.get(Id);
    if (!instance?.running) {
      const message = `The following targets are not in a running state and cannot be registered: '${Id}'`;
      throw new AwsError('InvalidTarget', message);
    }
    return { instanceId: Id, address: instance.address, port: Port ?? group.described.Port ?? instance.port };
  });
  for (const target of targets) cloud.dataPlane.register(group.arn, target);
  return {};
}

/** Answers at once, while the targets drain; an unknown target is no error. */
export function deregisterTargets(cloud: Cloud, input: Validated<DeregisterTargetsInput>): object {
  const group = findTargetGroup(cloud.state, input.TargetGroupArn);
  for (const { Id } of input.Targets) void cloud.dataPlane.deregister(group.arn, Id);
  return {};
}
