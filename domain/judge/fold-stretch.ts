/** Folding closed periods into a guard's state, once, and once more before a stretch is passed. */
import type { JudgeReport } from '../deployment';
import { foldRow, isConvicted, logEvidence, neededLogEvidence, type Row } from './evidence';
import { foldBalancerErrors } from './balancer-errors';
import { foldHealthyRow } from './healthy';
import { type PeriodSums, readRow } from './rows';
import type { GuardSettings } from './settings';
import { keepOldRow } from './shared-outage';
import { currentStretch, endingAt, type GuardState, periodMsOf, stretchOfPeriod, type Tally } from './stretch';

/** The periods to ask for, or null while none is old enough; the end is exclusive. */
export function periodsToRead(
  state: GuardState,
  settings: GuardSettings,
  nowMs: number,
): { startMs: number; endMs: number } | null {
  const periodMs = periodMsOf(settings);
  const endMs = Math.floor((nowMs - settings.lagSeconds * 1000) / periodMs) * periodMs;
  return endMs > state.cursorMs ? { startMs: state.cursorMs, endMs } : null;
}

/**
 * Folds every period from the cursor that is old enough. `periods` must be a complete answer for `periodsToRead`: one
 * that is left out had no traffic. Stops at the row that convicts, so that nothing later takes the verdict back.
 */
export function foldStretch(
  state: GuardState,
  periods: readonly PeriodSums[],
  settings: GuardSettings,
  nowMs: number,
): GuardState {
  const window = periodsToRead(state, settings, nowMs);
  return window === null ? state : foldUntil(state, periods, settings, window.endMs);
}

export interface Refold {
  /** The state that the guard was given. */
  atStart: GuardState;
  /** What it has made of it. */
  folded: GuardState;
  /** What was read last for the periods folded since `atStart`; after an answer `changed`, that is `reread`. */
  read: readonly PeriodSums[];
  /** The same periods, read again. */
  reread: readonly PeriodSums[];
}

export type RefoldAnswer = { kind: 'unchanged' } | { kind: 'changed'; state: GuardState };

/**
 * Careful passing: before a stretch is passed its rows are read again. Where one changed, all are folded anew; the larger
 * evidence counts, and the stretch lasts one more period. (Convicting goes by first readings, for which the bound holds.)
 */
export function refoldStretch(input: Refold, settings: GuardSettings, nowMs: number): RefoldAnswer {
  const { atStart, folded, reread } = input;
  if (!readsDiffer(input, settings)) return { kind: 'unchanged' };
  // The end may have moved since the start, by an earlier refold; the rows do not depend on it.
  const { endsMs, requireAllRows } = currentStretch(folded);
  const anew = foldUntil(endingAt(atStart, { endsMs, requireAllRows }), reread, settings, folded.cursorMs);
  const first = logEvidence(folded.judge, settings.judge);
  const judge = logEvidence(anew.judge, settings.judge) > first ? anew.judge : folded.judge;
  const current = { ...anew.current, timesProlonged: folded.current.timesProlonged + 1 };
  return { kind: 'changed', state: prolonged({ ...anew, judge, current }, settings, nowMs) };
}

/** Totals since the shift began, for screens and the final report. */
export function judgeReportOf(state: GuardState, settings: GuardSettings): JudgeReport {
  return {
    ...state.total,
    logEvidence: logEvidence(state.judge, settings.judge),
    neededLogEvidence: neededLogEvidence(settings.judge),
    lastPeriodEndMs: state.lastPeriodEndMs,
  };
}

function foldUntil(
  start: GuardState,
  periods: readonly PeriodSums[],
  settings: GuardSettings,
  untilMs: number,
): GuardState {
  const byStart = new Map(periods.map((period) => [period.startMs, period]));
  const periodMs = periodMsOf(settings);
  let state = start;
  while (state.cursorMs + periodMs <= untilMs && !isConvicted(state.judge, settings.judge)) {
    const sums = byStart.get(state.cursorMs) ?? { startMs: state.cursorMs, newFleet: [], oldFleet: [] };
    state = { ...foldPeriod(state, sums, settings), cursorMs: state.cursorMs + periodMs };
  }
  return state;
}

function foldPeriod(state: GuardState, sums: PeriodSums, settings: GuardSettings): GuardState {
  const stretch = stretchOfPeriod(state, sums.startMs, settings);
  if (stretch === null) return state;
  const reading = readRow(sums, stretch.newPercent === 100 ? 'absent-by-plan' : 'compare');
  if (reading.kind === 'invalid') {
    return { ...state, invalid: { inARow: state.invalid.inARow + 1, detail: reading.detail } };
  }
  const { row } = reading;
  return {
    ...state,
    judge: foldRow(state.judge, row, settings.judge),
    current: stretch === currentStretch(state) ? foldCurrent(state.current, row, sums, settings) : state.current,
    total: tallied(state.total, row),
    recentOld: keepOldRow(state.recentOld, row),
    invalid: { inARow: 0, detail: '' },
    lastPeriodEndMs: row.startMs + periodMsOf(settings),
  };
}

function foldCurrent(
  current: GuardState['current'],
  row: Row,
  sums: PeriodSums,
  settings: GuardSettings,
): GuardState['current'] {
  const isCompared = row.control === 'absent-by-plan' || row.oldRequests > 0;
  return {
    ...current,
    tally: tallied(current.tally, row),
    comparedRequests: current.comparedRequests + (isCompared ? row.newRequests : 0),
    balancer: foldBalancerErrors(current.balancer, sums, {
      newFleet: { requests: row.newRequests, errors: row.newErrors },
      oldFleet: { requests: row.oldRequests, errors: row.oldErrors },
    }),
    healthy: foldHealthyRow(current.healthy, row, settings.judge.relativeTolerance),
  };
}

function tallied(tally: Tally, row: Row): Tally {
  return {
    rows: tally.rows + 1,
    newRequests: tally.newRequests + row.newRequests,
    newErrors: tally.newErrors + row.newErrors,
    oldRequests: tally.oldRequests + row.oldRequests,
    oldErrors: tally.oldErrors + row.oldErrors,
  };
}

/** Do the two readings of the periods folded so far say different things? */
function readsDiffer({ atStart, folded, read, reread }: Refold, settings: GuardSettings): boolean {
  const wordsOf = (periods: readonly PeriodSums[]) =>
    new Map(periods.map((period) => [period.startMs, JSON.stringify(readRow(period, 'compare'))]));
  const first = wordsOf(read);
  const second = wordsOf(reread);
  for (let startMs = atStart.cursorMs; startMs < folded.cursorMs; startMs += periodMsOf(settings)) {
    const silent = JSON.stringify(readRow({ startMs, newFleet: [], oldFleet: [] }, 'compare'));
    if ((first.get(startMs) ?? silent) !== (second.get(startMs) ?? silent)) return true;
  }
  return false;
}

/** A bake is measured by the rows that it must have, a step by the clock. */
function prolonged(state: GuardState, settings: GuardSettings, nowMs: number): GuardState {
  const { endsMs, requireAllRows } = currentStretch(state);
  if (endsMs === null) return state;
  return endingAt(state, {
    endsMs: (requireAllRows ? endsMs : Math.max(endsMs, nowMs)) + periodMsOf(settings),
    requireAllRows,
  });
}
