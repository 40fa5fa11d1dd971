import type { Datapoint, GetMetricStatisticsInput, GetMetricStatisticsOutput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import { checkPeriod, checkStatistic, checkTimeRange, dimensionRecord } from './statistics';

/** The older call: one metric, several statistics, datapoints in no promised order. */
export function getMetricStatistics(
  cloud: Cloud,
  input: Validated<GetMetricStatisticsInput>,
): GetMetricStatisticsOutput {
  const statistics = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])];
  if (statistics.length === 0) {
    const message = 'At least one of the parameters Statistics and ExtendedStatistics must be specified.';
    throw new AwsError('InvalidParameterCombination', message);
  }
  const range = checkTimeRange(input.StartTime, input.EndTime);
  const rows = new Map<number, Datapoint>();
  for (const name of statistics) {
    const stat = checkStatistic(name);
    const points = cloud.dataPlane.metrics({
      namespace: input.Namespace,
      metricName: input.MetricName,
      dimensions: dimensionRecord(input.Dimensions),
      periodSeconds: checkPeriod(input.Period),
      stat,
      ...range,
    });
    for (const point of points) {
      rows.set(point.startMs, { ...rows.get(point.startMs), Timestamp: new Date(point.startMs), [stat]: point.value });
    }
  }
  return { Label: input.MetricName, Datapoints: [...rows.values()] };
}
