/**
 * Is new worse than old? A sequential likelihood-ratio test (an "e-process") on the counts of both fleets per period.
 *
 * Null hypothesis, for every period: new's rate ≤ max(ρ · old's rate + δ, L), whatever old's rate is and however it
 * changes. Why the bound holds, for requests that fail independently given the rates (or in clumps of at most φ):
 * 1. E[a^newErrors] ≤ (1 + pNew(a−1))^newRequests and E[b^oldErrors] ≤ exp(−oldRequests · pOld(1−b)).
 * 2. a and b are chosen so that with pNew = ρ · pOld + δ everything that depends on pOld cancels; what is left is the
 *    allowance (1 + δ(a−1))^newRequests. So a row's odds have a mean of at most 1, whatever pOld is.
 * 3. Products, averages over bets and over starts keep that. By Ville's inequality the chance that the evidence *ever*
 *    reaches 1/α is at most α, however often one looks.
 * Sources: Ramdas et al., arXiv 2210.01948; later starts: the e-detectors of Shin, Ramdas and Rinaldo; two fleets:
 * Turner, Ly and Grünwald, arXiv 2106.02693.
 */
import { fromStored, logAdd, logSum, type StoredLog, toStored } from './logs';
import type { JudgeSettings } from './settings';

/** Counts of one closed period. */
export interface Row {
  startMs: number;
  newRequests: number;
  newErrors: number;
  oldRequests: number;
  oldErrors: number;
  /** `absent-by-plan`: old has no weight, so new is held against the ceiling instead. */
  control: 'compare' | 'absent-by-plan';
}

/** Plain JSON; says everything about the rows folded so far. What is spent of the start weights follows from `rows`. */
export interface JudgeState {
  /** Rows folded, empty ones included. */
  rows: number;
  /** Natural log of the evidence collected by each bet, in the order of `settings.bets`. */
  logPerBet: StoredLog[];
}

export function initialJudgeState(): JudgeState {
  return { rows: 0, logPerBet: [] };
}

/** Adds one period: each bet gets the weight of "harm begins here", and then its odds on this row. */
export function foldRow(state: JudgeState, row: Row, settings: JudgeSettings): JudgeState {
  const rows = state.rows + 1;
  const logStart = Math.log(startWeight(rows, settings));
  return {
    rows,
    logPerBet: settings.bets.map((bet, index) =>
      toStored(logAdd(fromStored(state.logPerBet[index]), logStart) + logRowEvidence(row, bet, settings)),
    ),
  };
}

/** Natural log of the evidence: the mean over the bets, and the weight of all starts that are still to come. */
export function logEvidence(state: JudgeState, settings: JudgeSettings): number {
  const logMean =
    logSum(settings.bets.map((_, index) => fromStored(state.logPerBet[index]))) - Math.log(settings.bets.length);
  return logAdd(logMean, Math.log(vacantWeight(state.rows, settings)));
}

/** Natural log of the evidence that convicts. */
export function neededLogEvidence(settings: JudgeSettings): number {
  return -Math.log(settings.alpha);
}

export function isConvicted(state: JudgeState, settings: JudgeSettings): boolean {
  return logEvidence(state, settings) >= neededLogEvidence(settings);
}

/** Weight of "harm begins with row t"; never runs out, so that harm after a long pause is still found. */
function startWeight(row: number, { restartShare, restartHorizon }: JudgeSettings): number {
  if (row === 1) return restartShare;
  return ((1 - restartShare) * restartHorizon) / ((row + restartHorizon - 2) * (row + restartHorizon - 1));
}

/** 1 less the sum of the start weights up to this row (the sum telescopes). */
function vacantWeight(rows: number, { restartShare, restartHorizon }: JudgeSettings): number {
  return rows === 0 ? 1 : ((1 - restartShare) * restartHorizon) / (restartHorizon + rows - 1);
}

function logRowEvidence(row: Row, bet: number, settings: JudgeSettings): number {
  const odds =
    row.control === 'compare' ? logOddsAgainstOld(row, bet, settings) : logOddsAgainstCeiling(row, bet, settings);
  return isBlatant(row) ? odds : Math.min(odds, settings.cap * neededLogEvidence(settings));
}

/**
 * The minimum of both conditions is taken per row: taken over finished products, quiet harm below the limit followed by
 * shared outages would convict.
 */
function logOddsAgainstOld(row: Row, bet: number, settings: JudgeSettings): number {
  // Without a request in one of the fleets there is nothing to compare: no evidence either way.
  if (row.newRequests === 0 || row.oldRequests === 0) return 0;
  const ratio = (settings.relativeTolerance * row.newRequests) / row.oldRequests;
  const newFactor = (bet * (1 + ratio)) / (1 + bet * ratio);
  const oldFactor = (1 + ratio) / (1 + bet * ratio);
  const against = (limit: number, logErrors: number) =>
    (logErrors - logAllowance(row.newRequests, limit * (newFactor - 1), settings)) / settings.clump;
  const newErrors = row.newErrors * Math.log(newFactor);
  const tolerated = against(settings.absoluteTolerance, newErrors + row.oldErrors * Math.log(oldFactor));
  return settings.absoluteLimit === 0 ? tolerated : Math.min(tolerated, against(settings.absoluteLimit, newErrors));
}

function logOddsAgainstCeiling(row: Row, bet: number, settings: JudgeSettings): number {
  const allowance = logAllowance(row.newRequests, settings.ceiling * (bet - 1), settings);
  return (row.newErrors * Math.log(bet) - allowance) / settings.clump;
}

/** Log of what the allowed rate makes of the bet: (1 + excess)ⁿ; its upper bound exp(n · excess) when errors clump. */
function logAllowance(requests: number, excess: number, { clump }: JudgeSettings): number {
  return requests * (clump === 1 ? Math.log1p(excess) : excess);
}

/** At least half of twenty requests failed: one row may then convict alone. */
function isBlatant(row: Row): boolean {
  return row.newRequests >= 20 && row.newErrors >= row.newRequests / 2;
}
