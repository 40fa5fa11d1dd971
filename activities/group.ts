/** The clone, and the sizes of both fleets. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { writer } from './roles';
import { existingPairs, newTargetGroupArns } from './target-group';
import { readRoute } from '../clients/aws/balancers';
import { AwsCallError } from '../clients/aws/errors';
import {
  createGroup,
  describeGroup,
  updateGroup,
  type AutoScalingGroup,
  type CreateAutoScalingGroupCommandInput,
} from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { cloneInput, differences } from '../domain/clone';
import { deploymentTag, ownTags } from '../domain/names';
import type { Plan } from '../domain/plan';
import { forwardsOf } from '../domain/routes';
import { restoredMinSize } from '../domain/restore';
import type { TemplateAnswer } from './template';

export type Fleet = 'old' | 'new';

export type ScaleAnswer = { kind: 'scaled' } | { kind: 'absent' } | { kind: 'still-routed'; detail: string };

export type RestoreAnswer = { kind: 'restored' } | { kind: 'foreign-edit'; detail: string };

export function createGroupActivities(deps: ActivityDeps) {
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
        tags: ownTags({ uuid: plan.uuid, serviceKey: plan.serviceKey }),
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
      const wanted = Math.max(old?.DesiredCapacity ?? 0, clone.DesiredCapacity ?? 0, 1);
      if (clone.DesiredCapacity !== wanted || clone.MinSize !== wanted) {
        await updateGroup(aws, {
          AutoScalingGroupName: plan.names.group,
          MinSize: wanted,
          DesiredCapacity: wanted,
          MaxSize: Math.max(wanted, plan.old.maxSize),
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

    /** Floors old's minimum at what it runs now, so that it cannot shrink while its traffic leaves. Answers the floor. */
    freezeOld: writer(async ({ service, plan }: OnPlan): Promise<{ minSize: number }> => {
      const aws = sessionOf(deps, service);
      const old = await describeGroup(aws, plan.old.groupName);
      if (!old) throw ApplicationFailure.nonRetryable(`group ${plan.old.groupName} is gone`, 'not-found');
      const floor = Math.max(old.MinSize ?? 0, old.DesiredCapacity ?? 0);
      if (floor > (old.MinSize ?? 0))
        await updateGroup(aws, { AutoScalingGroupName: plan.old.groupName, MinSize: floor });
      return { minSize: floor };
    }),

    /** Undoes a freeze three-way: what somebody else changed meanwhile stays as they left it and is told. */
    restoreMinSize: writer(
      async ({
        service,
        plan,
        fleet,
        frozenMinSizes,
      }: OnPlan & { fleet: Fleet; frozenMinSizes: number[] }): Promise<RestoreAnswer> => {
        const aws = sessionOf(deps, service);
        const groupName = groupNameOf(plan, fleet);
        const group = await describeGroup(aws, groupName);
        if (!group) return { kind: 'foreign-edit', detail: `group ${groupName} is gone` };
        const live = group.MinSize ?? 0;
        const answer = restoredMinSize({ live, frozen: frozenMinSizes, original: plan.old.minSize });
        if (answer.kind === 'keep')
          return { kind: 'foreign-edit', detail: `MinSize of ${groupName} is ${live}, set by somebody else` };
        if (answer.minSize !== live)
          await updateGroup(aws, { AutoScalingGroupName: groupName, MinSize: answer.minSize });
        return { kind: 'restored' };
      },
    ),

    /** Lets a fleet's servers go through their target groups' draining; refused while any route gives it weight. */
    scaleToZero: writer(async ({ service, plan, fleet }: OnPlan & { fleet: Fleet }): Promise<ScaleAnswer> => {
      const aws = sessionOf(deps, service);
      const groupName = groupNameOf(plan, fleet);
      const group = await describeGroup(aws, groupName);
      if (!group) return { kind: 'absent' };
      const weighted = await weightedRoutes(aws, plan, fleet);
      if (weighted.length > 0)
        return { kind: 'still-routed', detail: `${groupName} still gets traffic by ${weighted.join(', ')}` };
      if (fleet === 'new') assertOurs(group, plan);
      if (group.DesiredCapacity !== 0 || group.MinSize !== 0) {
        await updateGroup(aws, { AutoScalingGroupName: groupName, MinSize: 0, DesiredCapacity: 0 });
      }
      return { kind: 'scaled' };
    }),
  };
}

export function groupNameOf(plan: Plan, fleet: Fleet): string {
  return fleet === 'old' ? plan.old.groupName : plan.names.group;
}

/** Routes of the plan that give weight to a fleet at this moment. */
export async function weightedRoutes(aws: AwsSession, plan: Plan, fleet: Fleet): Promise<string[]> {
  const newArns = await newTargetGroupArns(aws, plan);
  const weighted: string[] = [];
  for (const route of plan.routes) {
    const arn = fleet === 'old' ? plan.pairs[route.pair]?.oldArn : newArns[route.pair];
    const forwards = forwardsOf((await readRoute(aws, route)) ?? []);
    if (forwards.some((one) => one.arn === arn && one.weight > 0)) weighted.push(route.arn);
  }
  return weighted;
}

/** The clone as it is now; never the source group, whatever tags say. */
async function ourGroup(aws: AwsSession, plan: Plan): Promise<AutoScalingGroup> {
  const group = await describeGroup(aws, plan.names.group);
  if (!group) throw ApplicationFailure.retryable(`clone ${plan.names.group} cannot be found (yet)`, 'not-visible');
  assertOurs(group, plan);
  return group;
}

export function assertOurs(group: AutoScalingGroup, plan: Plan): void {
  const owner = group.Tags?.find((tag) => tag.Key === deploymentTag)?.Value;
  if (owner === plan.uuid && group.AutoScalingGroupName !== plan.old.groupName) return;
  throw ApplicationFailure.nonRetryable(
    `group ${group.AutoScalingGroupName} was not made by this deployment, so it is left alone; rename or remove it`,
    'already-exists',
  );
}

/** CreateAutoScalingGroup has no client token: a lost reply shows as AlreadyExists on the next attempt. */
async function createOrFind(aws: AwsSession, input: ReturnType<typeof cloneInput>): Promise<void> {
  try {
    await createGroup(aws, input as CreateAutoScalingGroupCommandInput);
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
