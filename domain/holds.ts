/** Reasons for which the split stands still: several at once, each with a limit of its own. */
import type { Hold } from './deployment';
import type { ServiceConfig } from './service-file';

/** Foremost first: what a person has to look at before anything else. */
export const holdReasons = [
  'foreign-edit',
  'old-unhealthy',
  'shared-outage',
  'unmeasurable',
  'share-mismatch',
  'balancer-errors',
  'no-evidence',
] as const satisfies readonly Hold['reason'][];

/** One reason as a guard sees it now. */
export type HoldFinding = Pick<Hold, 'reason' | 'detail'>;

/** One as it stands when a guard begins. */
export type KnownHold = HoldFinding & Pick<Hold, 'sinceMs'>;

export interface EndedHold extends Hold {
  endedMs: number;
}

/** Those that only metrics can begin or end. */
const measured: readonly Hold['reason'][] = [
  'shared-outage',
  'unmeasurable',
  'share-mismatch',
  'balancer-errors',
  'no-evidence',
];

/**
 * What stands now, each reason once: everything that was found, and what was known before and cannot have ended yet:
 * before metrics were read, nothing that only they show is over; while the fleets cannot be read, nothing that they show.
 */
export function standingHolds(input: {
  known: readonly HoldFinding[];
  found: readonly HoldFinding[];
  hasReadMetrics: boolean;
  hasReadFleets: boolean;
}): HoldFinding[] {
  const { known, found, hasReadMetrics, hasReadFleets } = input;
  const isUnseen = ({ reason }: HoldFinding) =>
    (!hasReadMetrics && measured.includes(reason)) ||
    (!hasReadFleets && (reason === 'unmeasurable' || !measured.includes(reason)));
  const standing = [...found, ...known.filter(isUnseen)];
  return standing.filter(({ reason }, index) => standing.findIndex((one) => one.reason === reason) === index);
}

export function sameReasons(one: readonly HoldFinding[], other: readonly HoldFinding[]): boolean {
  return one.length === other.length && one.every(({ reason }) => has(other, reason));
}

/** Since when each known hold has not been found. */
export type ClearSince = Readonly<Partial<Record<Hold['reason'], number>>>;

const clearShare = 0.1;

/**
 * What still stands of what is known: a hold ends when it has not been found for one metric period and for a tenth of the
 * time that it stood. One that comes and goes so ends ever more rarely, instead of filling the workflow's history.
 */
export function lingeringHolds(input: {
  known: readonly KnownHold[];
  found: readonly HoldFinding[];
  clearSince: ClearSince;
  nowMs: number;
  periodSeconds: number;
}): { holds: HoldFinding[]; clearSince: ClearSince } {
  const { known, found, clearSince, nowMs, periodSeconds } = input;
  const clear = known
    .filter(({ reason }) => !has(found, reason))
    .map((hold) => ({ ...hold, clearMs: clearSince[hold.reason] ?? nowMs }));
  const stays = clear.filter(
    ({ sinceMs, clearMs }) => nowMs - clearMs < Math.max(periodSeconds * 1000, (clearMs - sinceMs) * clearShare),
  );
  return {
    holds: [...found, ...stays.map(({ reason, detail }) => ({ reason, detail }))],
    clearSince: Object.fromEntries(clear.map(({ reason, clearMs }) => [reason, clearMs])),
  };
}

/** Known holds keep the time at which they began, and so their limit. Foremost first. */
export function holdsAfter(input: {
  known: readonly Hold[];
  /** Those that ended: one that soon returns goes on with what was left of its limit. */
  ended: readonly EndedHold[];
  found: readonly HoldFinding[];
  limits: Pick<ServiceConfig['limits'], 'holdSeconds' | 'unmeasurableSeconds'>;
  periodSeconds: number;
  nowMs: number;
}): Hold[] {
  const { known, ended, found, limits, nowMs } = input;
  return holdReasons.flatMap((reason): Hold[] => {
    const finding = found.find((one) => one.reason === reason);
    if (!finding) return [];
    const before = ended.find((one) => one.reason === reason && returnsSoon(one, input));
    const { sinceMs, untilMs } = known.find((one) => one.reason === reason) ??
      (before && { sinceMs: before.sinceMs, untilMs: before.untilMs + nowMs - before.endedMs }) ?? {
        sinceMs: nowMs,
        untilMs: nowMs + 1000 * (reason === 'unmeasurable' ? limits.unmeasurableSeconds : limits.holdSeconds),
      };
    return [{ ...finding, sinceMs, untilMs }];
  });
}

const soonPeriods = 30;

/** Away for no longer than it stood before, or for a few periods. */
function returnsSoon({ sinceMs, endedMs }: EndedHold, now: { nowMs: number; periodSeconds: number }): boolean {
  return now.nowMs - endedMs <= Math.max(soonPeriods * now.periodSeconds * 1000, endedMs - sinceMs);
}

/** What is remembered of holds that ended: the newest of each reason. */
export function endedAfter(input: {
  known: readonly Hold[];
  holds: readonly Hold[];
  ended: readonly EndedHold[];
  nowMs: number;
}): EndedHold[] {
  const { known, holds, ended, nowMs } = input;
  const justEnded = known.filter(({ reason }) => !has(holds, reason)).map((hold) => ({ ...hold, endedMs: nowMs }));
  return [...justEnded, ...ended.filter(({ reason }) => !has(justEnded, reason))];
}

/**
 * The hold whose limit counts: the first one to run out. While old is unhealthy only its own counts, because every other
 * limit ends in a rollback, and that would put the traffic on an unhealthy fleet.
 */
export function limitingHold(holds: readonly Hold[]): Hold | null {
  const unhealthy = holds.find(({ reason }) => reason === 'old-unhealthy');
  if (unhealthy) return unhealthy;
  return holds.reduce<Hold | null>((first, hold) => (first && first.untilMs <= hold.untilMs ? first : hold), null);
}

function has(holds: readonly HoldFinding[], reason: Hold['reason']): boolean {
  return holds.some((one) => one.reason === reason);
}
