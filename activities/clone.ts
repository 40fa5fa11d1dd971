/** The clone: made empty, compared with its source, then raised. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { assertOurs } from './group';
import { writer } from './roles';
import { existingPairs } from './target-group';
import { AwsCallError } from '../clients/aws/errors';
import { createGroup, describeGroup, updateGroup, type AutoScalingGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { cloneInput, differences } from '../domain/clone';
import { ownTags, replacedTags } from '../domain/names';
import type { Plan } from '../domain/plan';
import type { TemplateAnswer } from './template';

export function createCloneActivities(deps: ActivityDeps) {
  return {
    /** Makes the clone at 0/0/0, or finds the one that an earlier attempt made, and compares it with what was asked. */
    ensureClone: writer(async ({ service, plan, template }: OnPlan & { template: TemplateAnswer }): Promise<void> => {
      const aws = sessionOf(deps, service);
      const source = await describeGroup(aws, plan.old.groupName);
      if (!source)
        throw ApplicationFailure.nonRetryable(
          `group ${plan.old.groupName} is gone, so it cannot be cloned`,
          'not-found',
        );
      const input = cloneInput({
        source,
        groupName: plan.names.group,
        template: { id: template.templateId, version: template.version },
        targetGroupArns: (await existingPairs(aws, plan)).map((pair) => pair.newArn),
        tags: ownTags(plan),
        groupTags: replacedTags(plan.old),
      });
      if (!(await describeGroup(aws, plan.names.group))) await createOrFind(aws, input);
      const clone = await ourGroup(aws, plan);
      const lost = differences(input, clone);
      if (lost.length > 0) {
        throw ApplicationFailure.retryable(
          `clone ${plan.names.group} reads back without the source's ${lost.join(', ')}`,
        );
      }
    }),

    /** Raises the clone to the live size of old, and never lowers it: demand that old grew for must be met by new. */
    sizeClone: writer(async ({ service, plan }: OnPlan): Promise<{ wanted: number }> => {
      const aws = sessionOf(deps, service);
      const [old, clone] = await Promise.all([describeGroup(aws, plan.old.groupName), ourGroup(aws, plan)]);
      if (!old) throw ApplicationFailure.retryable(`group ${plan.old.groupName} cannot be found`, 'not-visible');
      const wanted = Math.max(old.DesiredCapacity ?? 0, clone.DesiredCapacity ?? 0, 1);
      if (clone.DesiredCapacity !== wanted || clone.MinSize !== wanted) {
        // The floor raises the size with it, and never lowers it: a write that lands late cannot shrink the fleet.
        await updateGroup(aws, {
          AutoScalingGroupName: plan.names.group,
          MinSize: wanted,
          MaxSize: Math.max(wanted, clone.MaxSize ?? 0, plan.old.maxSize),
        });
      }
      const readBack = await ourGroup(aws, plan);
      if (readBack.DesiredCapacity !== wanted) {
        throw ApplicationFailure.retryable(
          `clone ${plan.names.group} reads back with ${readBack.DesiredCapacity} servers instead of ${wanted}`,
        );
      }
      return { wanted };
    }),
  };
}

/** The clone as it is now; never the source group, whatever tags say. */
async function ourGroup(aws: AwsSession, plan: Plan): Promise<AutoScalingGroup> {
  const group = await describeGroup(aws, plan.names.group);
  if (!group) throw ApplicationFailure.retryable(`clone ${plan.names.group} cannot be found (yet)`, 'not-visible');
  assertOurs(group, plan);
  return group;
}

/** CreateAutoScalingGroup has no client token: a lost reply shows as AlreadyExists on the next attempt. */
async function createOrFind(aws: AwsSession, input: ReturnType<typeof cloneInput>): Promise<void> {
  try {
    await createGroup(aws, input);
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    if (error.kind === 'already-exists') return;
    // A template or instance profile made seconds ago may not be known everywhere yet.
    if (error.kind === 'invalid' && /launch template|instance ?profile/i.test(error.message)) {
      throw ApplicationFailure.retryable(error.message, 'not-visible');
    }
    throw error;
  }
}
