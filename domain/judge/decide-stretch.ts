/** What a guard does next, decided from its state and the time. */
import type { JudgeReport } from '../deployment';
import type { HoldFinding } from '../holds';
import { judgeBalancerErrors } from './balancer-errors';
import { isConvicted } from './evidence';
import { judgeReportOf } from './fold-stretch';
import { isProvedHealthy } from './healthy';
import { balancerSentence, harmSentence, lowTrafficSentence, outageSentence, unansweredSentence } from './sentences';
import type { GuardSettings } from './settings';
import { sharedOutage } from './shared-outage';
import { checkSplit } from './split-check';
import { currentStretch, type GuardState, periodMsOf, type Stretch } from './stretch';

/** New is worse than allowed: give the traffic back. `sentence` is for people and says both rates and the odds. */
interface Harmful {
  kind: 'harmful';
  sentence: string;
  report: JudgeReport;
}

export type StretchDecision =
  | { kind: 'wait' }
  | Harmful
  /** The stretch may be passed; `undecided` is neither harmful nor proved to be fine; `promoted`: a person said so. */
  | { kind: 'advance'; verdict: 'healthy' | 'undecided' | 'promoted' }
  /** New did not get its minimum of requests in time. */
  | { kind: 'low-traffic'; newRequests: number; neededRequests: number; detail: string }
  /** What was measured cannot be trusted, or says nothing about new. */
  | { kind: 'hold'; holds: HoldFinding[] };

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
  const harm = harmIn(state, settings);
  if (harm !== null) return harm;
  const holds = holdsIn(state, settings);
  if (holds.length > 0) return { kind: 'hold', holds };
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

/**
 * A person passes a stretch: whatever is doubtful or missing about it does not count, but harm does, and its weight
 * settles first, so that at every moment one weight is in force.
 */
export function decidePromoted(state: GuardState, settings: GuardSettings, nowMs: number): StretchDecision {
  const harm = harmIn(state, settings);
  if (harm !== null) return harm;
  return nowMs < currentStretch(state).settledMs ? { kind: 'wait' } : { kind: 'advance', verdict: 'promoted' };
}

function harmIn(state: GuardState, settings: GuardSettings): Harmful | null {
  const harmful = (sentence: string): Harmful => ({
    kind: 'harmful',
    sentence,
    report: judgeReportOf(state, settings),
  });
  if (isConvicted(state.judge, settings.judge)) return harmful(harmSentence(state, settings));
  const balancer = judgeBalancerErrors(state.current.balancer, settings);
  return balancer.kind === 'explained-by-new' ? harmful(unansweredSentence(state)) : null;
}

/** Every reason to hold that the measurements give. */
function holdsIn(state: GuardState, settings: GuardSettings): HoldFinding[] {
  const { current } = state;
  const outage = sharedOutage(state.recentOld, settings);
  const doubt = measuringDoubt(state);
  const split = checkSplit({ newPercent: currentStretch(state).newPercent, ...current.tally });
  const hasExcess = judgeBalancerErrors(current.balancer, settings).kind === 'excess';
  const found: (HoldFinding | null)[] = [
    outage && { reason: 'shared-outage', detail: outageSentence(outage, settings) },
    doubt === null ? null : { reason: 'unmeasurable', detail: doubt },
    split.kind === 'mismatch' ? { reason: 'share-mismatch', detail: split.detail } : null,
    hasExcess ? { reason: 'balancer-errors', detail: balancerSentence(state) } : null,
  ];
  return found.filter((one) => one !== null);
}

function measuringDoubt({ invalid, current }: GuardState): string | null {
  if (invalid.inARow > invalidPeriodsTolerated)
    return `the metrics of ${invalid.inARow} periods in a row cannot be used (${invalid.detail})`;
  if (current.timesProlonged > prolongationsTolerated)
    return `the metrics changed each of the ${current.timesProlonged} times they were read again: raise judge.lag`;
  return null;
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
