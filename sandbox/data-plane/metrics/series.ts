/** What was added to one metric during one bucket of time. */
export interface Aggregate {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
}

/** One metric of one dimension set: its values in buckets of equal length, aligned to the epoch. */
export class Series {
  /** By start in epoch milliseconds; in order, because time only goes forward. */
  private readonly buckets = new Map<number, Aggregate>();

  constructor(
    private readonly bucketMs: number,
    private readonly retentionMs: number,
  ) {}

  /** @param count so many samples of the same value */
  add(value: number, nowMs: number, count = 1): void {
    const startMs = nowMs - (nowMs % this.bucketMs);
    const bucket = this.buckets.get(startMs);
    if (bucket === undefined) {
      this.forgetBefore(startMs - this.retentionMs);
      this.buckets.set(startMs, { sum: value * count, count, minimum: value, maximum: value });
      return;
    }
    bucket.sum += value * count;
    bucket.count += count;
    if (value < bucket.minimum) bucket.minimum = value;
    if (value > bucket.maximum) bucket.maximum = value;
  }

  /**
   * Joins buckets into periods, oldest first.
   * @param closedBeforeMs buckets that end later are left out: they are not published yet
   */
  periods(window: {
    startMs: number;
    endMs: number;
    periodMs: number;
    closedBeforeMs: number;
  }): Map<number, Aggregate> {
    const periods = new Map<number, Aggregate>();
    const firstMs = window.startMs - (window.startMs % window.periodMs);
    for (const [bucketStartMs, bucket] of this.buckets) {
      const startMs = bucketStartMs - (bucketStartMs % window.periodMs);
      if (startMs < firstMs || startMs >= window.endMs) continue;
      if (bucketStartMs + this.bucketMs > window.closedBeforeMs) continue;
      const period = periods.get(startMs);
      periods.set(startMs, period === undefined ? bucket : joined(period, bucket));
    }
    return periods;
  }

  private forgetBefore(oldestMs: number): void {
    for (const startMs of this.buckets.keys()) {
      if (startMs >= oldestMs) return;
      this.buckets.delete(startMs);
    }
  }
}

function joined(one: Aggregate, other: Aggregate): Aggregate {
  return {
    sum: one.sum + other.sum,
    count: one.count + other.count,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  };
}
