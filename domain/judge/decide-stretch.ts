/** What a guard does next, decided from its state and the time. */
import type { JudgeReport } from '../deployment';
import { judgeBalancerErrors } from './balancer-errors';
import { isConvicted } from './evidence';
import { judgeReportOf } from './fold-stretch';
import { isProvedHealthy } from './healthy';
import { balancerSentence, harmSentence, lowTrafficSentence, unansweredSentence } from './sentences';
import type { GuardSettings } from './settings';
import { checkSplit } from './split-check';
import { currentStretch, type GuardState, periodMsOf, type Stretch } from './stretch';

export type StretchDecision =
  | { kind: 'wait' }
  /** New is worse than allowed: give the traffic back. `sentence` is for people and says both rates and the odds. */
  | { kind: 'harmful'; sentence: string; report: JudgeReport }
  /** The stretch may be passed; `undecided` is neither harmful nor proved to be fine. */
  | { kind: 'advance'; verdict: 'healthy' | 'undecided' }
  /** New did not get its minimum of requests in time. */
  | { kind: 'low-traffic'; newRequests: number; neededRequests: number; detail: string }
  /** What was measured cannot be trusted. */
  | { kind: 'hold'; reason: 'unmeasurable' | 'share-mismatch' | 'balancer-errors'; detail: string };

const invalidPeriodsTolerated = 1;
/** Rows that keep changing mean that they are read too early; after this many times that is told. */
const prolongationsTolerated = 10;
const stepTimesForExposure = 3;

/**
 * Harm convicts at once, whatever the sample; passing needs all of: time, rows, requests, and a measurement that can be
 * trusted. A stretch without an end never passes and never lacks traffic. `low-traffic` and `hold` describe the state as
 * it is: a guard that goes on folding may find that they no longer hold.
 */
export function decideStretch(state: GuardState, settings: GuardSettings, nowMs: number): StretchDecision {
  if (isConvicted(state.judge, settings.judge)) {
    return { kind: 'harmful', sentence: harmSentence(state, settings), report: judgeReportOf(state, settings) };
  }
  const balancer = judgeBalancerErrors(state.current.balancer, settings);
  if (balancer.kind === 'explained-by-new') {
    return { kind: 'harmful', sentence: unansweredSentence(state), report: judgeReportOf(state, settings) };
  }
  if (balancer.kind === 'excess') return { kind: 'hold', reason: 'balancer-errors', detail: balancerSentence(state) };
  const mistrust = mistrustIn(state);
  if (mistrust !== null) return mistrust;
  const stretch = currentStretch(state);
  if (stretch.endsMs === null || nowMs < stretch.endsMs) return { kind: 'wait' };
  if (!hasItsRows(state, stretch, stretch.endsMs, settings)) return { kind: 'wait' };
  const { comparedRequests, healthy } = state.current;
  if (comparedRequests >= settings.minimumRequests) {
    return { kind: 'advance', verdict: isProvedHealthy(healthy) ? 'healthy' : 'undecided' };
  }
  const exposureByMs = Math.max(stretch.endsMs, exposureDeadlineMs(stretch, settings));
  if (nowMs < exposureByMs || !isFoldedTo(state, exposureByMs, settings)) return { kind: 'wait' };
  return {
    kind: 'low-traffic',
    newRequests: comparedRequests,
    neededRequests: settings.minimumRequests,
    detail: lowTrafficSentence(state, settings),
  };
}

function mistrustIn(state: GuardState): Extract<StretchDecision, { kind: 'hold' }> | null {
  const { invalid, current } = state;
  if (invalid.inARow > invalidPeriodsTolerated) {
    const detail = `the metrics of ${invalid.inARow} periods in a row cannot be used (${invalid.detail})`;
    return { kind: 'hold', reason: 'unmeasurable', detail };
  }
  if (current.timesProlonged > prolongationsTolerated) {
    const detail = `the metrics changed each of the ${current.timesProlonged} times they were read again: raise judge.lag`;
    return { kind: 'hold', reason: 'unmeasurable', detail };
  }
  const { newPercent } = currentStretch(state);
  const split = checkSplit({ newPercent, ...current.tally });
  return split.kind === 'mismatch' ? { kind: 'hold', reason: 'share-mismatch', detail: split.detail } : null;
}

function hasItsRows(state: GuardState, stretch: Stretch, endsMs: number, settings: GuardSettings): boolean {
  if (state.current.tally.rows < settings.minimumRows) return false;
  return !stretch.requireAllRows || isFoldedTo(state, endsMs, settings);
}

/** Has every whole period up to this moment been looked at? */
function isFoldedTo(state: GuardState, untilMs: number, settings: GuardSettings): boolean {
  return state.cursorMs + periodMsOf(settings) > untilMs;
}

function exposureDeadlineMs(stretch: Stretch, settings: GuardSettings): number {
  return stretch.readBackMs + stepTimesForExposure * settings.stepSeconds * 1000;
}
