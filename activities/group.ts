/** Sizes of both fleets. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { writer } from './roles';
import { newTargetGroupArns } from './target-group';
import { readRoute } from '../clients/aws/balancers';
import { describeGroup, updateGroup, type AutoScalingGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { deploymentTag } from '../domain/names';
import type { Plan } from '../domain/plan';
import { forwardsOf } from '../domain/routes';
import { restoredMinSize } from '../domain/restore';

export type Fleet = 'old' | 'new';

export type ScaleAnswer = { kind: 'scaled' } | { kind: 'absent' } | { kind: 'still-routed'; detail: string };

export type RestoreAnswer = { kind: 'restored' } | { kind: 'foreign-edit'; detail: string };

export function createGroupActivities(deps: ActivityDeps) {
  return {
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

export function assertOurs(group: AutoScalingGroup, plan: Plan): void {
  const owner = group.Tags?.find((tag) => tag.Key === deploymentTag)?.Value;
  if (owner === plan.uuid && group.AutoScalingGroupName !== plan.old.groupName) return;
  throw ApplicationFailure.nonRetryable(
    `group ${group.AutoScalingGroupName} was not made by this deployment, so it is left alone; rename or remove it`,
    'already-exists',
  );
}
