/** Finds out, from the balancer's own metrics, when the new version's failures first became public. */
import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';

export interface MetricsReader {
  balancers: ElasticLoadBalancingV2Client;
  metrics: CloudWatchClient;
  periodSeconds: number;
  lagSeconds: number;
}

/** The ARNs of all target groups there are now; what comes later is the new version's. */
export async function targetGroupArns({ balancers }: MetricsReader): Promise<Set<string>> {
  return new Set((await targetGroups(balancers)).map((group) => group.TargetGroupArn ?? ''));
}

/**
 * When the first period in which the new version fails was published, in milliseconds since 1970: the period's end
 * plus the lag of the metrics. Null while there is none.
 */
export async function firstFailurePublishedAtMs(
  reader: MetricsReader,
  { known, sinceMs }: { known: Set<string>; sinceMs: number },
): Promise<number | null> {
  const groups = await targetGroups(reader.balancers);
  const ends: number[] = [];
  for (const group of groups) {
    if (known.has(group.TargetGroupArn ?? '')) continue;
    const end = await firstFailingPeriodEndMs(reader, group, sinceMs);
    if (end !== null) ends.push(end);
  }
  return ends.length === 0 ? null : Math.min(...ends) + reader.lagSeconds * 1000;
}

async function targetGroups(balancers: ElasticLoadBalancingV2Client): Promise<TargetGroup[]> {
  return (await balancers.send(new DescribeTargetGroupsCommand({}))).TargetGroups ?? [];
}

async function firstFailingPeriodEndMs(
  { metrics, periodSeconds }: MetricsReader,
  group: TargetGroup,
  sinceMs: number,
): Promise<number | null> {
  const [balancerArn] = group.LoadBalancerArns ?? [];
  if (balancerArn === undefined || group.TargetGroupArn === undefined) return null;
  const answer = await metrics.send(
    new GetMetricDataCommand({
      StartTime: new Date(Math.floor(sinceMs / 60_000) * 60_000),
      EndTime: new Date(),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {
          Id: 'failures',
          MetricStat: {
            Period: periodSeconds,
            Stat: 'Sum',
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'HTTPCode_Target_5XX_Count',
              Dimensions: [
                { Name: 'LoadBalancer', Value: balancerArn.split(':loadbalancer/')[1] },
                { Name: 'TargetGroup', Value: group.TargetGroupArn.split(':').at(-1) },
              ],
            },
          },
        },
      ],
    }),
  );
  const [{ Timestamps = [], Values = [] } = {}] = answer.MetricDataResults ?? [];
  const first = Timestamps.find((_start, index) => (Values[index] ?? 0) > 0);
  return first === undefined ? null : first.getTime() + periodSeconds * 1000;
}
