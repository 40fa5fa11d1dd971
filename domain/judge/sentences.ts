/** What the judge tells people: whole sentences with the numbers that decided. */
import { logEvidence, neededLogEvidence } from './evidence';
import type { GuardSettings } from './settings';
import type { OldCounts } from './shared-outage';
import { currentStretch, type GuardState, type Tally } from './stretch';

/** Counts are those of the current stretch, or of the whole shift where that shows the harm more (a late row convicted). */
export function harmSentence(state: GuardState, settings: GuardSettings): string {
  const { newPercent } = currentStretch(state);
  const ofStretch = excessRate(state.current.tally) >= excessRate(state.total);
  const tally = ofStretch ? state.current.tally : state.total;
  const when = ofStretch ? `at ${newPercent} % of the traffic` : 'since the shift began';
  return (
    `the new version fails more often than allowed: ${failures(tally.newErrors, tally.newRequests)} ${when}, ` +
    `against ${standard(tally, newPercent, settings)}; the odds are ${odds(logEvidence(state.judge, settings.judge))} ` +
    `(${odds(neededLogEvidence(settings.judge))} are needed)`
  );
}

export function lowTrafficSentence(state: GuardState, settings: GuardSettings): string {
  const { tally, comparedRequests } = state.current;
  const without = tally.newRequests - comparedRequests;
  const uncompared = without === 0 ? '' : ` (${grouped(without)} more came while the old one had none to compare with)`;
  return (
    `the new version got ${grouped(comparedRequests)} of the ${grouped(settings.minimumRequests)} requests that ` +
    `a step at ${currentStretch(state).newPercent} % needs${uncompared}`
  );
}

export function unansweredSentence(state: GuardState): string {
  const { balancer } = state.current;
  return (
    `the new version leaves requests unanswered: ${failures(balancer.newUnanswered, balancer.newRequests)} ` +
    `at ${currentStretch(state).newPercent} % of the traffic, against ${failures(Math.max(0, balancer.oldUnanswered), balancer.oldRequests)} ` +
    `of the old one; the balancer had to answer ${grouped(balancer.errors)} with a 5xx of its own`
  );
}

export function balancerSentence(state: GuardState): string {
  const { balancer } = state.current;
  return (
    `the balancer answered ${failures(balancer.errors, balancer.requests)} with a 5xx of its own, more than before ` +
    'the shift, and it does not show which fleet is to blame'
  );
}

export function outageSentence({ requests, errors }: OldCounts, { judge }: GuardSettings): string {
  return (
    `the old version itself fails more than the ceiling of ${percent(judge.ceiling)}: ${failures(errors, requests)} of late; ` +
    'what both versions depend on is probably broken, and going back would not mend it'
  );
}

function standard(tally: Tally, newPercent: number, { judge }: GuardSettings): string {
  if (newPercent === 100 && tally.oldRequests === 0) return `a ceiling of ${percent(judge.ceiling)}`;
  return `${failures(tally.oldErrors, tally.oldRequests)} of the old one`;
}

function excessRate(tally: Tally): number {
  const rate = (errors: number, requests: number) => (requests === 0 ? 0 : errors / requests);
  return rate(tally.newErrors, tally.newRequests) - rate(tally.oldErrors, tally.oldRequests);
}

function failures(errors: number, requests: number): string {
  const rate = requests === 0 ? '' : ` (${percent(errors / requests)})`;
  return `${grouped(errors)} of ${grouped(requests)} requests${rate}`;
}

/** e^8.3 → `4,000 to 1`: two digits say enough, and beyond a million nobody counts. */
function odds(log: number): string {
  if (log > Math.log(1e6)) return 'more than a million to 1';
  return `${grouped(Number(Math.exp(log).toPrecision(2)))} to 1`;
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(3))} %`;
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
