/** A small world for the guard's tests: minutes of counts, stretches, and a guard that polls. */
import type { PeriodSums } from '../../domain/judge/rows';
import type { GuardSettings } from '../../domain/judge/settings';
import { foldStretch, periodsToRead } from '../../domain/judge/fold-stretch';
import { type GuardState, openStretch, type Stretch } from '../../domain/judge/stretch';
import { defaults } from './judge-support';

export const minute = 60_000;

export const guardSettings: GuardSettings = {
  judge: defaults,
  periodSeconds: 60,
  lagSeconds: 120,
  minimumRows: 3,
  minimumRequests: 30,
  balancerErrorRate: 0,
  stepSeconds: 300,
  hotfix: false,
};

/** Written at `writeMs`, read back a second later, settled a minute after that, and five minutes long. */
export function stretchAt(writeMs: number, newPercent: number, changes: Partial<Stretch> = {}): Stretch {
  const readBackMs = writeMs + 1000;
  return {
    writeMs,
    readBackMs,
    settledMs: readBackMs + minute,
    newPercent,
    endsMs: readBackMs + 5 * minute,
    requireAllRows: false,
    ...changes,
  };
}

export function period(startMs: number, counts: readonly [number, number, number, number]): PeriodSums {
  const [newRequests, newErrors, oldRequests, oldErrors] = counts;
  const sums = (requests: number, errors: number) =>
    requests === 0 ? {} : { requestCount: requests, ...(errors > 0 ? { target5xx: errors } : {}) };
  return { startMs, newFleet: [sums(newRequests, newErrors)], oldFleet: [sums(oldRequests, oldErrors)] };
}

/** The same counts in every minute from `fromMs` to `toMs`. */
export function minutes(fromMs: number, toMs: number, counts: readonly [number, number, number, number]): PeriodSums[] {
  const list: PeriodSums[] = [];
  for (let at = fromMs; at < toMs; at += minute) list.push(period(at, counts));
  return list;
}

export const invalidPeriod = (startMs: number): PeriodSums => ({
  startMs,
  newFleet: [{ requestCount: -1 }],
  oldFleet: [{ requestCount: 100 }],
});

/** What a guard does at one poll: asks for the periods that it needs, and folds the answer. */
export function poll(state: GuardState, world: readonly PeriodSums[], nowMs: number, settings = guardSettings) {
  const window = periodsToRead(state, settings, nowMs);
  const answer = world.filter(({ startMs }) => window !== null && startMs >= window.startMs && startMs < window.endMs);
  return foldStretch(state, answer, settings, nowMs);
}

export const first = (stretch: Stretch, settings = guardSettings) => openStretch(null, stretch, settings);
