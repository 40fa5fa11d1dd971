/** Balancer metrics from CloudWatch, raw and sparse: an absent period stays absent. */
import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { batchedRead } from './batched-read';
import { AwsCallError } from './errors';
import type { AwsSession } from './sessions';

const queriesPerCall = 500;

/** One metric of a balancer: of one target group behind it, or of the balancer itself. */
export interface BalancerMetric {
  /** `targetgroup/<name>/<id>` */
  targetGroup?: string;
  /** `app/<name>/<id>` */
  loadBalancer: string;
  metricName: string;
}

export interface MetricWindow {
  periodSeconds: number;
  /** Aligned to the period; inclusive. */
  startMs: number;
  /** Exclusive. */
  endMs: number;
}

/** Sums per period start, one map for each metric, in their order. */
type Sums = Map<number, number>[];

interface Reading {
  metrics: readonly BalancerMetric[];
  window: MetricWindow;
}

/** Deployments in step with each other ask for the same periods. */
const readMetrics = batchedRead<Reading, Sums | null>({
  most: queriesPerCall,
  ask: async (aws, readings) => {
    const answers = new Map<Reading, Sums | null | Error>();
    await Promise.all(
      inCalls(readings).map(async (together) => {
        const sums = await sumsOf(aws, together).catch((error: unknown) => {
          if (error instanceof AwsCallError) return together.map(() => error);
          throw error;
        });
        together.forEach((reading, index) => answers.set(reading, sums[index] ?? null));
      }),
    );
    return readings.map((reading) => answers.get(reading));
  },
});

/** Sums per period start, in the order of `metrics`; null when CloudWatch answered only in part, so that nobody takes it for zero. */
export async function metricSums(
  aws: AwsSession,
  metrics: readonly BalancerMetric[],
  window: MetricWindow,
): Promise<Map<number, number>[] | null> {
  if (metrics.length > queriesPerCall)
    throw new Error(`asked for ${metrics.length} metrics in one call of ${queriesPerCall}`);
  if (window.endMs <= window.startMs || metrics.length === 0) return metrics.map(() => new Map<number, number>());
  return (await readMetrics(aws, { metrics, window })) ?? null;
}

/** One call is about one window, and has so many queries at most. */
function inCalls(readings: readonly Reading[]): Reading[][] {
  const calls: Reading[][] = [];
  const open = new Map<string, Reading[]>();
  for (const reading of readings) {
    const { startMs, endMs, periodSeconds } = reading.window;
    const key = `${startMs} ${endMs} ${periodSeconds}`;
    const last = open.get(key);
    if (last && queriesOf([...last, reading]) <= queriesPerCall) {
      last.push(reading);
      continue;
    }
    const next = [reading];
    open.set(key, next);
    calls.push(next);
  }
  return calls;
}

function queriesOf(readings: readonly Reading[]): number {
  return readings.reduce((sum, { metrics }) => sum + metrics.length, 0);
}

/** One call, paged: all readings are of one window. Null for those that CloudWatch answered only in part. */
async function sumsOf(aws: AwsSession, readings: readonly Reading[]): Promise<(Sums | null)[]> {
  const window = readings[0]?.window ?? { periodSeconds: 0, startMs: 0, endMs: 0 };
  const owners = readings.flatMap((reading) => reading.metrics.map((metric) => ({ reading, metric })));
  const sums = owners.map(() => new Map<number, number>());
  const partial = new Set<Reading | undefined>();
  let nextToken: string | undefined;
  do {
    const answer = await aws.cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: owners.map(({ metric }, index) => query(metric, index, window.periodSeconds)),
        StartTime: new Date(window.startMs),
        EndTime: new Date(window.endMs),
        ScanBy: 'TimestampAscending',
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      }),
    );
    for (const result of answer.MetricDataResults ?? []) {
      const index = Number(result.Id?.slice(1));
      if (result.StatusCode !== 'Complete' && answer.NextToken === undefined) partial.add(owners[index]?.reading);
      result.Timestamps?.forEach((time, at) => sums[index]?.set(time.getTime(), result.Values?.[at] ?? Number.NaN));
    }
    nextToken = answer.NextToken;
  } while (nextToken !== undefined);
  return readings.map((reading) =>
    partial.has(reading) ? null : sums.filter((_, index) => owners[index]?.reading === reading),
  );
}

function query(metric: BalancerMetric, index: number, periodSeconds: number): MetricDataQuery {
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: metric.metricName,
        Dimensions: [
          ...(metric.targetGroup === undefined ? [] : [{ Name: 'TargetGroup', Value: metric.targetGroup }]),
          { Name: 'LoadBalancer', Value: metric.loadBalancer },
        ],
      },
      Period: periodSeconds,
      Stat: 'Sum',
    },
  };
}
