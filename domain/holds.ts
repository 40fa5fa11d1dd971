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

/** Known holds keep the time at which they began, and so their limit. Foremost first. */
export function holdsAfter(input: {
  known: readonly Hold[];
  found: readonly HoldFinding[];
  limits: Pick<ServiceConfig['limits'], 'holdSeconds' | 'unmeasurableSeconds'>;
  nowMs: number;
}): Hold[] {
  const { known, found, limits, nowMs } = input;
  return holdReasons.flatMap((reason): Hold[] => {
    const finding = found.find((one) => one.reason === reason);
    if (!finding) return [];
    const { sinceMs, untilMs } = known.find((one) => one.reason === reason) ?? {
      sinceMs: nowMs,
      untilMs: nowMs + 1000 * (reason === 'unmeasurable' ? limits.unmeasurableSeconds : limits.holdSeconds),
    };
    return [{ ...finding, sinceMs, untilMs }];
  });
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
