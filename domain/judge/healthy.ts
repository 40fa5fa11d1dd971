/**
 * Is new proved to be fine? The mirror image of the judge: evidence against "new is worse than old by the margin or
 * more". It informs only: small services would never gather it (300 requests without an error for a margin of 1 %).
 */
import type { Row } from './evidence';
import { fromStored, logSum, type StoredLog, toStored } from './logs';

/** Plain JSON: natural log of the evidence per bet; null for a bet that an error has ruled out. */
export interface HealthyState {
  logPerBet: StoredLog[];
}

/** Harm that is to be ruled out, as a fraction above ρ · old's rate, and the chance of ruling it out wrongly. */
const harmMargin = 0.01;
const wrongAtMost = 0.05;
/** By how much each bet takes an error of new for a sign of harm; 0 lets a single error end it. */
const bets = [0, 0.25, 0.5, 0.75];

export function initialHealthyState(): HealthyState {
  return { logPerBet: bets.map(() => 0) };
}

/**
 * Under "new's rate ≥ ρ · old's rate + margin" each factor has a mean of at most 1: E[a^newErrors] ≤ exp(−(1−a) ·
 * newRequests · pNew), which the two other terms make up for at the edge, whatever old's rate is. A row without a request
 * of old has no control and proves nothing.
 */
export function foldHealthyRow(state: HealthyState, row: Row, relativeTolerance: number): HealthyState {
  if (row.control !== 'compare' || row.newRequests === 0 || row.oldRequests === 0) return state;
  const ratio = (relativeTolerance * row.newRequests) / row.oldRequests;
  return {
    logPerBet: bets.map((bet, index) => {
      const newErrors = row.newErrors === 0 ? 0 : row.newErrors * Math.log(bet);
      const oldErrors = row.oldErrors * Math.log1p(ratio * (1 - bet));
      return toStored(
        fromStored(state.logPerBet[index]) + newErrors + oldErrors + harmMargin * (1 - bet) * row.newRequests,
      );
    }),
  };
}

export function isProvedHealthy(state: HealthyState): boolean {
  return logSum(state.logPerBet.map(fromStored)) - Math.log(bets.length) >= -Math.log(wrongAtMost);
}
