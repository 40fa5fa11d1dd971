/** What scripts and pipelines go by; documented in `fleetshift --help`. */
import type { Outcome } from '../domain/deployment';

export const exitCodes = {
  /** Succeeded; or, without waiting, taken. */
  ok: 0,
  wentBack: 1,
  /** Nothing was begun: bad input, busy, unknown id, Temporal out of reach. */
  refused: 2,
  needsAttention: 3,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export function exitCodeOf(outcome: Outcome): number {
  switch (outcome) {
    case 'succeeded':
      return exitCodes.ok;
    case 'rolled-back':
    case 'aborted':
      return exitCodes.wentBack;
    case 'refused':
      return exitCodes.refused;
    case 'needs-attention':
      return exitCodes.needsAttention;
  }
}
