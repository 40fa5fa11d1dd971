import type { TargetState } from '../types';
import type { CheckResult } from './check-result';

/** Between registration and the first check; before `speed` divides it. */
export const registrationSeconds = 1;

/** What the checks of one target say so far. */
export interface Verdict {
  state: Extract<TargetState, 'initial' | 'healthy' | 'unhealthy'>;
  reason?: string;
  description?: string;
  /** Results in a row that speak against the present state. */
  contrary: number;
}

export interface Thresholds {
  healthyThreshold: number;
  unhealthyThreshold: number;
}

export const registering: Verdict = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
  contrary: 0,
};

export const firstChecks: Verdict = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
  contrary: 0,
};

/** The rule of AWS: one success makes a new target healthy; every other change takes its threshold in a row. */
export function nextVerdict(verdict: Verdict, result: CheckResult, thresholds: Thresholds): Verdict {
  if (result.passed) {
    if (verdict.state === 'healthy' || verdict.state === 'initial') return { state: 'healthy', contrary: 0 };
    const contrary = verdict.contrary + 1;
    return contrary >= thresholds.healthyThreshold ? { state: 'healthy', contrary: 0 } : { ...verdict, contrary };
  }
  const { reason, description } = result;
  if (verdict.state === 'unhealthy') return { state: 'unhealthy', reason, description, contrary: 0 };
  const contrary = verdict.contrary + 1;
  return contrary >= thresholds.unhealthyThreshold
    ? { state: 'unhealthy', reason, description, contrary: 0 }
    : { ...verdict, contrary };
}
