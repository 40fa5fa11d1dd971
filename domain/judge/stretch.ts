/** A stretch is a time of constant weight; a guard watches one, and hands its state to the next. Plain JSON throughout. */
import { type HealthyState, initialHealthyState } from './healthy';
import { initialJudgeState, type JudgeState } from './evidence';
import { type BalancerTally, noBalancerErrors } from './balancer-errors';
import type { GuardSettings } from './settings';
import type { OldCounts } from './shared-outage';

export interface Stretch {
  /** Taken before the first attempt to write this weight. */
  writeMs: number;
  /** When the weight was read back. */
  readBackMs: number;
  /** When every balancer node is taken to apply it. */
  settledMs: number;
  newPercent: number;
  /** When its time is up; null for a pause, gate or hold, which has no end of its own. */
  endsMs: number | null;
  /** Also wait until every period up to the end is folded: the bake. */
  requireAllRows: boolean;
}

/** Sums over rows. */
export interface Tally {
  rows: number;
  newRequests: number;
  newErrors: number;
  oldRequests: number;
  oldErrors: number;
}

/** What the current stretch has had. */
export interface StretchState {
  tally: Tally;
  /** Requests of new in rows in which there was something to hold them against. */
  comparedRequests: number;
  healthy: HealthyState;
  balancer: BalancerTally;
  /** How often its end was put off because rows had changed when they were read again. */
  timesProlonged: number;
}

/** All that a guard needs to go on from; the same size however long a deployment takes. */
export interface GuardState {
  judge: JudgeState;
  /** Start of the next period to look at. */
  cursorMs: number;
  /** Oldest first, the last is the current one; earlier ones stay until no period of theirs is still to come. */
  stretches: Stretch[];
  current: StretchState;
  /** Since the shift began. */
  total: Tally;
  /** Old's last rows, newest last. */
  recentOld: OldCounts[];
  /** Periods in a row that could not be used, up to the newest. */
  invalid: { inARow: number; detail: string };
  lastPeriodEndMs: number | null;
}

const emptyTally: Tally = { rows: 0, newRequests: 0, newErrors: 0, oldRequests: 0, oldErrors: 0 };

/**
 * Starts a stretch: the weight was written and read back. `before` is what the guard of the stretch before it returned,
 * null for the first of a deployment.
 */
export function openStretch(before: GuardState | null, stretch: Stretch, settings: GuardSettings): GuardState {
  const current = nothingYet();
  if (before !== null) {
    return { ...before, current, stretches: [...before.stretches.filter(stillNeeded(before)), stretch] };
  }
  const periodMs = periodMsOf(settings);
  return {
    judge: initialJudgeState(),
    cursorMs: Math.ceil(stretch.settledMs / periodMs) * periodMs,
    stretches: [stretch],
    current,
    total: emptyTally,
    recentOld: [],
    invalid: { inARow: 0, detail: '' },
    lastPeriodEndMs: null,
  };
}

/** The same stretch with another end: a pause takes the end away, resuming gives a new one. */
export function endingAt(state: GuardState, end: Pick<Stretch, 'endsMs' | 'requireAllRows'>): GuardState {
  return { ...state, stretches: [...state.stretches.slice(0, -1), { ...currentStretch(state), ...end }] };
}

/**
 * The bake goes on at the last step's weight, so no period is lost between them; but it has to earn its own rows and
 * requests, or traffic that dried up after the step would pass it.
 */
export function openBake(lastStep: GuardState, endsMs: number): GuardState {
  return { ...endingAt(lastStep, { endsMs, requireAllRows: true }), current: nothingYet() };
}

export function currentStretch(state: GuardState): Stretch {
  const stretch = state.stretches.at(-1);
  if (!stretch) throw new Error('a guard state without a stretch: it must come from openStretch');
  return stretch;
}

/**
 * The stretch whose weight held for the whole of a period, or null: periods that overlap the time from a write until it
 * has settled have no defined weight.
 */
export function stretchOfPeriod(state: GuardState, startMs: number, settings: GuardSettings): Stretch | null {
  const endMs = startMs + periodMsOf(settings);
  return (
    state.stretches.find((stretch, index) => {
      const nextWriteMs = state.stretches[index + 1]?.writeMs ?? Number.POSITIVE_INFINITY;
      return stretch.settledMs <= startMs && endMs <= nextWriteMs;
    }) ?? null
  );
}

export function periodMsOf(settings: Pick<GuardSettings, 'periodSeconds'>): number {
  return settings.periodSeconds * 1000;
}

function nothingYet(): StretchState {
  return {
    tally: emptyTally,
    comparedRequests: 0,
    healthy: initialHealthyState(),
    balancer: noBalancerErrors,
    timesProlonged: 0,
  };
}

/** A stretch is over for the rows when the next one's write lies behind the cursor. */
function stillNeeded(state: GuardState) {
  return (_: Stretch, index: number): boolean => {
    const next = state.stretches[index + 1];
    return next === undefined || next.writeMs > state.cursorMs;
  };
}
