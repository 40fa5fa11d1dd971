/** Arithmetic on natural logs of non-negative numbers. */

/** log(eᵃ + eᵇ) without leaving the range of a double. */
export function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  if (!Number.isFinite(larger)) return larger;
  return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

export function logSum(logs: readonly number[]): number {
  return logs.reduce(logAdd, Number.NEGATIVE_INFINITY);
}

/** JSON has no −Infinity, so the log of nothing is written as null. */
export type StoredLog = number | null;

export function fromStored(log: StoredLog | undefined): number {
  return log ?? Number.NEGATIVE_INFINITY;
}

/** Nine digits make stable JSON; rounded down, so that rounding never adds evidence. */
export function toStored(log: number): StoredLog {
  return Number.isFinite(log) ? Math.floor(log * 1e9) / 1e9 : null;
}
