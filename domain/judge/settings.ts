/** Everything that the judge can be told, with the defaults and what they cost. */
import type { ServiceConfig } from '../service-file';

export interface JudgeSettings {
  /** Upper bound of the chance that an attempt with an acceptable version is convicted. */
  alpha: number;
  /** ρ ≥ 1: new may have this many times old's error rate … */
  relativeTolerance: number;
  /** δ: … plus this much, as a fraction. */
  absoluteTolerance: number;
  /** L: rates up to this fraction are never convicted; 0 = off. */
  absoluteLimit: number;
  /** C: the limit, as a fraction, when old has no weight by plan. */
  ceiling: number;
  /** φ: at most this many errors of one fleet share one cause; 1 = requests fail independently. */
  clump: number;
  /** One row adds at most a factor α^−cap, so that one odd minute convicts nobody; `Infinity` = off. */
  cap: number;
  /** Hypotheses "new is g times too bad", equally weighted. */
  bets: readonly number[];
  /** s: weight of "bad from the first row"; the rest is spread over later starts. */
  restartShare: number;
  /** H: rows over which the later starts are mostly spread. */
  restartHorizon: number;
}

/**
 * The cap makes at least two rows agree, unless one is blatant. s and H cost 0.3 nat at the start and about 5 for harm
 * that begins later. Five bets find harm as soon as eight do. A clump of 3 triples the errors needed, so it is off.
 */
export const judgeDefaults: Omit<JudgeSettings, keyof ServiceJudge> = {
  clump: 1,
  cap: 0.75,
  bets: [1.4, 2.2, 5, 15, 100],
  restartShare: 0.75,
  restartHorizon: 50,
};

type ServiceJudge = Pick<
  ServiceConfig['judge'],
  'alpha' | 'relativeTolerance' | 'absoluteTolerance' | 'absoluteLimit' | 'ceiling'
>;

export function judgeSettingsOf(judge: ServiceJudge): JudgeSettings {
  const { alpha, relativeTolerance, absoluteTolerance, absoluteLimit, ceiling } = judge;
  return { alpha, relativeTolerance, absoluteTolerance, absoluteLimit, ceiling, ...judgeDefaults };
}

/** What the guard of a stretch goes by. */
export interface GuardSettings {
  judge: JudgeSettings;
  /** Length of one metric period. */
  periodSeconds: number;
  /** Age at which a closed period is taken to be complete. */
  lagSeconds: number;
  /** Rows of a stretch without which it is never passed. */
  minimumRows: number;
  /** Requests of new in a stretch without which it is never passed. */
  minimumRequests: number;
  /** 5xx made by the balancers themselves before the shift, as a share of the requests. */
  balancerErrorRate: number;
  /** Three of these after the read-back, a lack of requests is told. */
  stepSeconds: number;
  /** Old is known to be bad: that it fails holds nothing. */
  hotfix: boolean;
}

/** Rows without which no stretch is passed, whatever a service file says. */
export const minimumRows = 3;

export function guardSettingsOf(
  service: Pick<ServiceConfig, 'judge' | 'shift'>,
  deployment: { balancerErrorRate: number; hotfix: boolean },
): GuardSettings {
  const { periodSeconds, lagSeconds, minimumRequests } = service.judge;
  const { stepSeconds } = service.shift;
  return {
    judge: judgeSettingsOf(service.judge),
    periodSeconds,
    lagSeconds,
    minimumRows,
    minimumRequests,
    balancerErrorRate: deployment.balancerErrorRate,
    stepSeconds,
    hotfix: deployment.hotfix,
  };
}
