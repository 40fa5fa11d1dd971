/**
 * Errors that the balancer makes itself (a target hangs, breaks off or has no healthy server) belong to no target group,
 * so the comparison of the fleets does not see them: a new version that hangs on every request would look flawless. So
 * they are watched beside it. An excess over the rate before the shift holds the split; it convicts new only when new's
 * requests without any answer explain it and old's do not.
 */
import type { FleetCounts, PeriodSums, TargetGroupSums } from './rows';
import type { GuardSettings } from './settings';

/** Sums over one stretch. */
export interface BalancerTally {
  errors: number;
  requests: number;
  /** Requests that reached the fleet and were not answered by it. */
  newUnanswered: number;
  oldUnanswered: number;
  newRequests: number;
  oldRequests: number;
  /** Rows in which new left a request unanswered. */
  newRows: number;
}

export const noBalancerErrors: BalancerTally = {
  errors: 0,
  requests: 0,
  newUnanswered: 0,
  oldUnanswered: 0,
  newRequests: 0,
  oldRequests: 0,
  newRows: 0,
};

export function foldBalancerErrors(
  tally: BalancerTally,
  sums: PeriodSums,
  counts: { newFleet: FleetCounts; oldFleet: FleetCounts },
): BalancerTally {
  const newUnanswered = unanswered(sums.newFleet);
  return {
    errors: tally.errors + (sums.balancerErrors ?? 0),
    requests: tally.requests + counts.newFleet.requests + counts.oldFleet.requests,
    newUnanswered: tally.newUnanswered + newUnanswered,
    oldUnanswered: tally.oldUnanswered + unanswered(sums.oldFleet),
    newRequests: tally.newRequests + counts.newFleet.requests,
    oldRequests: tally.oldRequests + counts.oldFleet.requests,
    newRows: tally.newRows + (newUnanswered > 0 ? 1 : 0),
  };
}

/** May be negative in a single period: a request and its answer can fall into different ones. */
function unanswered(targetGroups: readonly TargetGroupSums[]): number {
  return targetGroups.reduce((sum, group) => {
    const { requestCount = 0, target2xx = 0, target3xx = 0, target4xx = 0, target5xx = 0 } = group;
    return sum + requestCount - target2xx - target3xx - target4xx - target5xx;
  }, 0);
}

export type BalancerVerdict = { kind: 'fine' } | { kind: 'excess' } | { kind: 'explained-by-new' };

/** Errors beyond the expected ones that four standard deviations of a Poisson count do not cover. */
const surelyMore = (expected: number) => expected + 4 * Math.sqrt(expected) + 4;
const rowsNeeded = 2;
/** New must leave this many times old's share unanswered, beside the tolerance, to be the one to blame. */
const timesOld = 3;

export function judgeBalancerErrors(tally: BalancerTally, settings: GuardSettings): BalancerVerdict {
  if (tally.errors <= surelyMore(settings.balancerErrorRate * tally.requests)) return { kind: 'fine' };
  const newRate = tally.newUnanswered / Math.max(1, tally.newRequests);
  const oldRate = Math.max(0, tally.oldUnanswered) / Math.max(1, tally.oldRequests);
  const isNew =
    tally.newRows >= rowsNeeded &&
    tally.newUnanswered >= tally.errors / 2 &&
    newRate > timesOld * oldRate + settings.judge.absoluteTolerance;
  return { kind: isNew ? 'explained-by-new' : 'excess' };
}
