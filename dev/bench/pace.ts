/** How fast the bench's services go. */

export interface Pace {
  /** How often AWS is asked while something is waited for. */
  pollSeconds: number;
  /** Length of one metric period. */
  periodSeconds: number;
  /** Until a closed period is published, and read. */
  lagSeconds: number;
  settleSeconds: number;
  stepSeconds: number;
  bakeSeconds: number;
  /** How long a number of live deployments is measured. */
  windowSeconds: number;
  /** Divides the times that the sandbox itself takes: boot, health checks, draining. */
  sandboxSpeed: number;
}

/**
 * Polls as in production, servers as slow as on AWS. Metric periods are a sixth of production's, so that a step is over
 * in half a minute: they are read six times as often.
 */
export const realisticPace: Pace = {
  pollSeconds: 10,
  periodSeconds: 10,
  lagSeconds: 10,
  settleSeconds: 10,
  stepSeconds: 30,
  bakeSeconds: 30,
  windowSeconds: 60,
  sandboxSpeed: 1,
};

/** For seeing that the bench itself works; what it measures means nothing. */
export const quickPace: Pace = {
  pollSeconds: 0.5,
  periodSeconds: 1,
  lagSeconds: 1,
  settleSeconds: 1,
  stepSeconds: 2,
  bakeSeconds: 2,
  windowSeconds: 3,
  sandboxSpeed: 20,
};
