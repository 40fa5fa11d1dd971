import type { Datapoint, MetricQuery } from '../types';
import { Series, type Aggregate } from './series';

const namespace = 'AWS/ApplicationELB';

/** As AWS does with metrics finer than a minute; it keeps a sandbox that runs for days from growing. */
const awsRetentionSeconds = 3 * 60 * 60;

/** All metrics of the balancers, each dimension set on its own, published late as CloudWatch does. */
export class MetricStore {
  private readonly series = new Map<string, Series>();
  private readonly bucketMs: number;
  private readonly lagMs: number;
  private readonly retentionMs: number;

  /** @param options.retentionSeconds until a period is forgotten; default 3 hours */
  constructor(options: { resolutionSeconds: number; lagSeconds: number; retentionSeconds?: number }) {
    this.bucketMs = options.resolutionSeconds * 1000;
    this.lagMs = options.lagSeconds * 1000;
    this.retentionMs = (options.retentionSeconds ?? awsRetentionSeconds) * 1000;
  }

  /** The one series of a name and exactly these dimensions, made when it is first asked for. */
  seriesOf(metricName: string, dimensions: Record<string, string>): Series {
    const key = keyOf(metricName, dimensions);
    let series = this.series.get(key);
    if (series === undefined) {
      series = new Series(this.bucketMs, this.retentionMs);
      this.series.set(key, series);
    }
    return series;
  }

  /**
   * Answers only periods in which something was counted, oldest first. The start is rounded down to the period, as on
   * AWS. A period grows while its later buckets become visible, so its newest value may still change.
   */
  query(query: MetricQuery, nowMs = Date.now()): Datapoint[] {
    if (query.namespace !== namespace) return [];
    const periods = this.series.get(keyOf(query.metricName, query.dimensions))?.periods({
      startMs: query.startMs,
      endMs: query.endMs,
      periodMs: query.periodSeconds * 1000,
      closedBeforeMs: nowMs - this.lagMs,
    });
    return [...(periods ?? [])].map(([startMs, period]) => ({ startMs, value: statistic(query.stat, period) }));
  }
}

function keyOf(metricName: string, dimensions: Record<string, string>): string {
  const pairs = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  return [metricName, ...pairs.sort()].join('\n');
}

function statistic(stat: MetricQuery['stat'], period: Aggregate): number {
  switch (stat) {
    case 'Sum':
      return period.sum;
    case 'SampleCount':
      return period.count;
    case 'Average':
      return period.sum / period.count;
    case 'Minimum':
      return period.minimum;
    case 'Maximum':
      return period.maximum;
  }
}
