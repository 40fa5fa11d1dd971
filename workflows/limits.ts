/**
 * Limits of what waits for a person: a pause and a gate. Both are moments, not durations that stop: neither a pause in a
 * gate, nor a hold, nor an outage of the workers puts one off, and the first to run out acts. Only while old is unhealthy
 * none does, because acting means a rollback, and that would put the traffic on an unhealthy fleet: then the limit of that
 * hold counts, and when old is well again, whatever has run out acts at once.
 * (The guard sees to the limits of holds: it looks once more before it says that one is over.)
 */
import { condition } from '@temporalio/workflow';
import type { Promotion } from '../domain/control';
import type { DeploymentProgress } from '../domain/deployment';
import { formatSeconds } from '../domain/units';
import { signature } from './control';

export interface Limit {
  untilMs: number;
  /** Why the traffic goes back then. */
  reason: string;
}

export interface Limited {
  readonly progress: Pick<DeploymentProgress, 'pause' | 'gate' | 'holds' | 'deploymentId'>;
  /** Asked for, and not acted on yet. */
  readonly promotion: Promotion | null;
  expire(limit: Limit): void;
}

/** Runs beside the phases, for as long as the deployment does. */
export async function keepLimits(limited: Limited): Promise<void> {
  for (;;) {
    const limit = nextLimit(limited);
    const hasChanged = () => nextLimit(limited)?.untilMs !== limit?.untilMs;
    if (limit === null) {
      await condition(hasChanged);
      continue;
    }
    const leftMs = limit.untilMs - Date.now();
    if (leftMs > 0) await condition(hasChanged, leftMs);
    // A resume or promote that arrives together with the end of what it ends was in time.
    if (hasChanged() || Date.now() < limit.untilMs) continue;
    limited.expire(limit);
    return;
  }
}

/** The limit that runs out first; null when nothing has one. */
export function nextLimit({ progress, promotion }: Pick<Limited, 'progress' | 'promotion'>): Limit | null {
  const { pause, gate, holds, deploymentId } = progress;
  if (holds.some(({ reason }) => reason === 'old-unhealthy')) return null;
  const limits: Limit[] = [];
  if (pause) {
    const lasted = formatSeconds((pause.untilMs - pause.sinceMs) / 1000);
    limits.push({
      untilMs: pause.untilMs,
      reason: `paused${signature(pause)}, and nobody resumed it within ${lasted} (limits.pause)`,
    });
  }
  // A gate that somebody has promoted is passed as soon as the guard has looked: that it takes time is nobody's delay.
  if (gate && promotion === null) {
    const lasted = formatSeconds((gate.untilMs - gate.sinceMs) / 1000);
    limits.push({
      untilMs: gate.untilMs,
      reason:
        `the gate at ${gate.atPercent} % expired: nobody promoted within ${lasted} (limits.gate); ` +
        `anybody who may signal this workflow could have, with: fleetshift promote ${deploymentId}`,
    });
  }
  return limits.reduce<Limit | null>((first, one) => (first && first.untilMs <= one.untilMs ? first : one), null);
}
