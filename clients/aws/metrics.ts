/** Balancer metrics from CloudWatch, raw and sparse: an absent period stays absent. */
import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
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

/** Sums per period start, in the order of `metrics`; null when CloudWatch answered only in part, so that nobody takes it for zero. */
export async function metricSums(
  aws: AwsSession,
  metrics: readonly BalancerMetric[],
  window: MetricWindow,
): Promise<Map<number, number>[] | null> {
  if (metrics.length > queriesPerCall)
    throw new Error(`asked for ${metrics.length} metrics in one call of ${queriesPerCall}`);
  if (window.endMs <= window.startMs || metrics.length === 0) return metrics.map(() => new Map<number, number>());
  const sums = metrics.map(() => new Map<number, number>());
  let nextToken: string | undefined;
  do {
    const answer = await aws.cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: metrics.map((metric, index) => query(metric, index, window.periodSeconds)),
        StartTime: new Date(window.startMs),
        EndTime: new Date(window.endMs),
        ScanBy: 'TimestampAscending',
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      }),
    );
    for (const result of answer.MetricDataResults ?? []) {
      const series = sums[Number(result.Id?.slice(1))];
      if (!series || (result.StatusCode !== 'Complete' && answer.NextToken === undefined)) return null;
      result.Timestamps?.forEach((time, at) => series.set(time.getTime(), result.Values?.[at] ?? Number.NaN));
    }
    nextToken = answer.NextToken;
  } while (nextToken !== undefined);
  return sums;
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
