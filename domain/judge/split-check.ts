/** Does traffic really arrive as the weights say? If not, routing or measuring is wrong, and no rate can be trusted. */
import { logSum } from './logs';

export interface SplitCounts {
  newPercent: number;
  newRequests: number;
  oldRequests: number;
}

export type SplitCheck = { kind: 'in-line' } | { kind: 'mismatch'; detail: string };

/** Natural log of the evidence that is called a mismatch. */
const neededLog = -Math.log(1e-6);
/** Shares whose odds lie within this factor of the odds written are in line: no balancer keeps weights exactly. */
const oddsTolerance = 1.5;
/** And so is every share this near to the share written. */
const shareTolerance = 0.005;
/** Hypotheses "the odds are this many times outside of what is in line", equally weighted, for both sides. */
const bets = [1.3, 2, 5, 30];

/**
 * Compares the requests of a whole stretch (one weight) with the share written. While every request goes to new with a
 * chance inside the tolerance, the chance that a stretch is *ever* called a mismatch is at most one in a million,
 * however often one looks: each bet's likelihood ratio is a non-negative supermartingale from 1 over the requests, so is
 * their mean, and Ville's inequality bounds its maximum. Being a ratio of likelihoods of totals, it needs no state.
 */
export function checkSplit(counts: SplitCounts): SplitCheck {
  const share = counts.newPercent / 100;
  const logs = bets.flatMap((bet) => [logTooMany(counts, share, bet), logTooFew(counts, share, bet)]);
  if (logSum(logs) - Math.log(logs.length) < neededLog) return { kind: 'in-line' };
  const total = counts.newRequests + counts.oldRequests;
  const observedPercent = Math.round((1000 * counts.newRequests) / total) / 10;
  return {
    kind: 'mismatch',
    detail:
      `the new fleet got ${observedPercent} % of ${total} requests (${counts.newRequests}) while its weight is ` +
      `${counts.newPercent} %: look for a route that was not changed, sticky clients, or missing metrics of one fleet`,
  };
}

function logTooMany({ newRequests, oldRequests }: SplitCounts, share: number, bet: number): number {
  const edge = Math.min(1, Math.max(scaledOdds(share, oddsTolerance), share + shareTolerance));
  return logRatio(newRequests, oldRequests, edge, scaledOdds(edge, bet));
}

/** Too few for new is too many for old. */
function logTooFew({ newRequests, oldRequests }: SplitCounts, share: number, bet: number): number {
  const oldShare = 1 - share;
  const edge = Math.min(1, Math.max(scaledOdds(oldShare, oddsTolerance), oldShare + shareTolerance));
  return logRatio(oldRequests, newRequests, edge, scaledOdds(edge, bet));
}

/** Log of how much better `claimed` explains the counts than `edge` does; 0 where nothing lies beyond the edge. */
function logRatio(hits: number, misses: number, edge: number, claimed: number): number {
  if (edge >= 1) return 0;
  return hits * Math.log(claimed / edge) + misses * Math.log((1 - claimed) / (1 - edge));
}

function scaledOdds(share: number, factor: number): number {
  return (share * factor) / (1 - share + share * factor);
}
