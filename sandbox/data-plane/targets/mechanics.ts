import type { Target, TargetGroupSettings } from '../types';
import type { Verdict } from './verdict';

/** Runs something once after a real delay; the answer calls it off. */
export type After = (delayMs: number, run: () => void) => () => void;

/** With a timer of its own for every delay. */
export const afterOwnTimer: After = (delayMs, run) => {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
};

/** The health checks of one target, which run again and again from `start` to `stop`. */
export interface HealthChecks {
  /** Stays as it was when the checks stop, because the balancer still goes by it until its new rules apply. */
  readonly verdict: Verdict;
  readonly isRunning: boolean;
  /** Begins anew: whatever was known of the target is forgotten. */
  start(): void;
  stop(): void;
}

export interface HealthCheckOptions {
  /** Read before every check, so that changed settings count from the next one. */
  settings: () => TargetGroupSettings['healthCheck'];
  /** The verdict has another state. */
  onChange: () => void;
}

/** How targets are checked and delays are kept: with real requests and timers, or without. */
export interface TargetMechanics {
  speed: number;
  after: After;
  newChecks(target: Target, options: HealthCheckOptions): HealthChecks;
}
