/** Sizes of both fleets. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { pause, watcher, writer } from './roles';
import { findRoutes } from './source';
import { newTargetGroupArns } from './target-group';
import { onceVisible } from './visibility';
import { findTargetGroup, readRoute } from '../clients/aws/balancers';
import { describeGroup, updateGroup, type AutoScalingGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { deploymentTag } from '../domain/names';
import type { Plan } from '../domain/plan';
import type { RouteFacts } from '../domain/plan-facts';
import { givesWeight, mayBeOfFleet } from '../domain/routes';
import { restoredMinSize } from '../domain/restore';

export type Fleet = 'old' | 'new';

export type ScaleAnswer = { kind: 'scaled' } | { kind: 'absent' } | { kind: 'still-routed'; detail: string };

/** One empty read proves nothing: `absent` may be a stale answer. */
export type RegrowAnswer = { kind: 'asked'; raisedMaxSize?: { from: number; to: number } } | { kind: 'absent' };

export interface OldSize {
  minSize: number;
  desiredCapacity: number;
}

export type RestoreAnswer = { kind: 'restored' } | { kind: 'foreign-edit'; detail: string };

const readsUntilGone = 3;
const readsUntilGonePauseSeconds = 1;

export function createGroupActivities(deps: ActivityDeps) {
  return {
    /** Sizes of old at this moment. */
    sizeOfOld: watcher(async ({ service, plan }: OnPlan): Promise<OldSize> => {
      const { MinSize, DesiredCapacity } = await oldGroup(sessionOf(deps, service), plan);
      return { minSize: MinSize ?? 0, desiredCapacity: DesiredCapacity ?? 0 };
    }),

    /** Floors old's minimum, so that it cannot shrink while its traffic leaves; never lowers it. */
    freezeOld: writer(async ({ service, plan, minSize }: OnPlan & { minSize: number }): Promise<void> => {
      const aws = sessionOf(deps, service);
      const { MinSize } = await oldGroup(aws, plan);
      if ((MinSize ?? 0) < minSize)
        await updateGroup(aws, { AutoScalingGroupName: plan.old.groupName, MinSize: minSize });
    }),

    /** Brings old to this size, when it is smaller: somebody has shrunk it, or the demand has grown. */
    regrowOld: writer(async ({ service, plan, size }: OnPlan & { size: number }): Promise<RegrowAnswer> => {
      const aws = sessionOf(deps, service);
      const { groupName, maxSize } = plan.old;
      const old = await describeGroup(aws, groupName);
      if (!old) return { kind: 'absent' };
      if ((old.DesiredCapacity ?? 0) >= size) return { kind: 'asked' };
      const from = old.MaxSize ?? 0;
      const to = Math.max(from, maxSize, size);
      // The floor raises the size with it, and never lowers it: a write that lands late cannot shrink the fleet.
      await updateGroup(aws, { AutoScalingGroupName: groupName, MinSize: size, MaxSize: to });
      return to > from ? { kind: 'asked', raisedMaxSize: { from, to } } : { kind: 'asked' };
    }),

    /** ARN of the group that this deployment made; null when it is not there. */
    findNewGroup: watcher(async ({ service, plan }: OnPlan): Promise<{ arn: string | null }> => {
      const group = await describeGroup(sessionOf(deps, service), plan.names.group);
      return { arn: group?.AutoScalingGroupARN ?? null };
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
        const group = await groupUnlessGone(aws, groupName);
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

/** One empty read may be a stale answer: what several in a row do not find is gone. */
async function groupUnlessGone(aws: AwsSession, name: string): Promise<AutoScalingGroup | undefined> {
  for (let read = 0; read < readsUntilGone; read++) {
    if (read > 0) await pause(readsUntilGonePauseSeconds);
    const group = await describeGroup(aws, name);
    if (group) return group;
  }
  return undefined;
}

async function oldGroup(aws: AwsSession, plan: Plan): Promise<AutoScalingGroup> {
  const old = await describeGroup(aws, plan.old.groupName);
  if (!old) throw ApplicationFailure.nonRetryable(`group ${plan.old.groupName} is gone`, 'not-found');
  return old;
}

export function groupNameOf(plan: Plan, fleet: Fleet): string {
  return fleet === 'old' ? plan.old.groupName : plan.names.group;
}

/** Target groups of a fleet that exist at this moment. */
export async function fleetArns(aws: AwsSession, plan: Plan, fleet: Fleet): Promise<string[]> {
  if (fleet === 'new') return (await newTargetGroupArns(aws, plan)).filter((arn) => arn !== null);
  const found = await Promise.all(plan.pairs.map((pair) => findTargetGroup(aws, { arn: pair.oldArn })));
  return found.flatMap((group) => group?.TargetGroupArn ?? []);
}

/**
 * Every route that refers to these target groups of a fleet, which were listed a moment ago: that one of them is not there
 * now is a stale answer, and passes.
 */
export function routesToFleet(
  aws: AwsSession,
  { plan, fleet, arns }: { plan: Plan; fleet: Fleet; arns: readonly string[] },
): Promise<RouteFacts[]> {
  return onceVisible(`a target group of ${groupNameOf(plan, fleet)}`, () => findRoutes(aws, arns));
}

/**
 * Every route that gives weight to a fleet at this moment, also one that was made after the plan. Those of the plan are
 * read one by one too: that none is found may come of one empty answer.
 */
export async function weightedRoutes(aws: AwsSession, plan: Plan, fleet: Fleet): Promise<string[]> {
  const oldArns = plan.pairs.map((pair) => pair.oldArn);
  const newArns = fleet === 'new' ? await newTargetGroupArns(aws, plan) : [];
  const isMeant = mayBeOfFleet({ fleet, oldArns, newArns });
  const arns = fleet === 'new' ? newArns.filter((arn) => arn !== null) : await fleetArns(aws, plan, 'old');
  const [found, planned] = await Promise.all([
    routesToFleet(aws, { plan, fleet, arns }),
    Promise.all(plan.routes.map(async ({ arn, kind }) => ({ arn, actions: await readRoute(aws, { arn, kind }) }))),
  ]);
  const weighted = [...found, ...planned].filter(({ actions }) => givesWeight(actions ?? [], isMeant));
  return [...new Set(weighted.map(({ arn }) => arn))];
}

export function assertOurs(group: AutoScalingGroup, plan: Plan): void {
  const owner = group.Tags?.find((tag) => tag.Key === deploymentTag)?.Value;
  if (owner === plan.uuid && group.AutoScalingGroupName !== plan.old.groupName) return;
  throw ApplicationFailure.nonRetryable(
    `group ${group.AutoScalingGroupName} was not made by this deployment, so it is left alone; rename or remove it`,
    'already-exists',
  );
}
