/** Shared by the judge's tests: rows in short, chance with a seed. */
import type { Row } from '../../domain/judge/evidence';
import { type JudgeSettings, judgeDefaults } from '../../domain/judge/settings';

export const defaults: JudgeSettings = {
  alpha: 0.01,
  relativeTolerance: 1,
  absoluteTolerance: 0.001,
  absoluteLimit: 0,
  ceiling: 0.05,
  ...judgeDefaults,
};

/** newRequests, newErrors, oldRequests, oldErrors */
export function row(counts: readonly [number, number, number, number], control: Row['control'] = 'compare'): Row {
  const [newRequests, newErrors, oldRequests, oldErrors] = counts;
  return { startMs: 0, newRequests, newErrors, oldRequests, oldErrors, control };
}

/** Uniform numbers in [0, 1) that are the same on every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Failures among `count` independent requests; jumps from failure to failure, so rare ones cost little. */
export function binomial(random: () => number, count: number, rate: number): number {
  if (rate <= 0) return 0;
  if (rate >= 1) return count;
  let failures = 0;
  for (let at = -1; ; failures += 1) {
    at += 1 + Math.floor(Math.log(1 - random()) / Math.log1p(-rate));
    if (at >= count) return failures;
  }
}

export function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}

export function binomialChance(n: number, k: number, rate: number): number {
  if (rate === 0) return k === 0 ? 1 : 0;
  if (rate === 1) return k === n ? 1 : 0;
  return Math.exp(logChoose(n, k) + k * Math.log(rate) + (n - k) * Math.log1p(-rate));
}
