/** Looking after an old fleet that is kept: whether it could still take the traffic back. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { readLeases } from './leases';
import { lookUntil, report, watcher } from './roles';
import { knownPairs } from './target-group';
import { foreignEdits, healthyCount, readRoutes } from './traffic';
import { orAbsent } from '../clients/aws/errors';
import { describeGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { leasedArns } from '../domain/leases';
import type { Plan } from '../domain/plan';
import { oldNeedsInPair } from '../domain/steps';
import { risksAfter, risksOf, type ReadsAgainst, type Risk, type RisksTold } from '../domain/way-back-risk';

export interface WatchWayBackInput extends OnPlan {
  /** Sizes that the demand has asked of either fleet since the plan: old must be able to carry that. */
  sizesSince: number[];
  /** It answers when there is something else to tell. */
  told: RisksTold;
  everySeconds: number;
  deadlineMs: number;
}

/** `changed`: all that stands in the way now; empty when nothing does any more. */
export type WayBackAnswer = { kind: 'changed'; risks: Risk[] } | { kind: 'over' };

export function createWayBackRiskActivities(deps: ActivityDeps) {
  return {
    /** What cannot be read tells nothing, neither that something is wrong nor that it is well. */
    watchWayBack: watcher(async (input: WatchWayBackInput): Promise<WayBackAnswer> => {
      const aws = sessionOf(deps, input.service);
      let against: ReadsAgainst = {};
      return lookUntil<WayBackAnswer>({
        deadlineMs: input.deadlineMs,
        everySeconds: input.everySeconds,
        look: async () => {
          const found = await readRisks(deps, aws, input);
          const after = risksAfter({ told: input.told, found, against });
          against = after.against;
          report({ text: found.map(({ detail }) => detail).join('; ') || 'old could take all traffic back' });
          return after.tell === null ? null : { kind: 'changed', risks: after.tell };
        },
        late: () => ({ kind: 'over' }),
      });
    }),
  };
}

/** What is not there is a finding here, and not a read that failed. */
async function readRisks(
  deps: ActivityDeps,
  aws: AwsSession,
  { plan, sizesSince }: WatchWayBackInput,
): Promise<Risk[]> {
  const pairs = await knownPairs(aws, plan);
  const [routes, old, next, fleets] = await Promise.all([
    readRoutes(aws, plan, pairs),
    describeGroup(aws, plan.old.groupName),
    describeGroup(aws, plan.names.group),
    Promise.all(pairs.map(({ oldArn }) => orAbsent(() => healthyCount(aws, oldArn)))),
  ]);
  const edits = foreignEdits(routes, [100]);
  // New carries everything, and so has followed the demand.
  const sizes = [...sizesSince, next?.DesiredCapacity ?? 0];
  const inPairs = plan.pairs.map((pair, index) => ({
    healthy: fleets[index] ?? 0,
    needed: oldNeedsInPair({ old: plan.old, pair, sizesSince: sizes }),
  }));
  return risksOf({
    groupName: plan.old.groupName,
    // The next deployment moves the traffic, and while it does so no rollback of this one is heard.
    edits: edits.length > 0 && (await isHeld(deps, plan)) ? [] : edits,
    // One that is being deleted has a status.
    groupIsThere: old !== undefined && old.Status === undefined,
    ...inPairs.reduce((worst, one) => (one.needed - one.healthy > worst.needed - worst.healthy ? one : worst)),
  });
}

async function isHeld(deps: ActivityDeps, plan: Plan): Promise<boolean> {
  return (await readLeases(deps, leasedArns(plan))).some(({ holderRuns }) => holderRuns);
}
