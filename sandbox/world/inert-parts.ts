import { randomUUID } from 'node:crypto';
import type { Cloud } from '../state/cloud';
import type { InertParts } from '../state/group-state';
import type { ParsedGroup } from './schema';

const dateMembers = ['StartTime', 'EndTime', 'Time'];

/** Fills in what AWS adds to each description (group name, ARN) and leaves the rest as the file has it. */
export function inertPartsFromWorld(cloud: Cloud, group: ParsedGroup): InertParts {
  const groupName = { AutoScalingGroupName: group.name };
  const arn = (kind: string, nameKind: string, name: unknown): string =>
    cloud.arn(
      'autoscaling',
      `${kind}:${randomUUID()}:autoScalingGroupName/${group.name}:${nameKind}/${typeof name === 'string' ? name : ''}`,
    );
  const parts: InertParts = {
    lifecycleHooks: group.lifecycleHooks.map((hook) => ({ ...groupName, ...hook })),
    scalingPolicies: group.scalingPolicies.map((policy) => ({
      ...groupName,
      PolicyARN: arn('scalingPolicy', 'policyName', policy['PolicyName']),
      ...policy,
    })),
    scheduledActions: group.scheduledActions.map((action) => ({
      ...groupName,
      ScheduledActionARN: arn('scheduledUpdateGroupAction', 'scheduledActionName', action['ScheduledActionName']),
      ...withDates(action),
    })),
    notificationConfigurations: group.notificationConfigurations.map((entry) => ({ ...groupName, ...entry })),
  };
  if (group.warmPool) parts.warmPool = group.warmPool;
  return parts;
}

function withDates(action: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(action).map(([key, value]) => [
      key,
      dateMembers.includes(key) && typeof value === 'string' ? new Date(value) : value,
    ]),
  );
}
