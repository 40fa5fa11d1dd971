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

/** One target group behind one balancer, as CloudWatch names them. */
interface Place {
  targetGroup: string;
  loadBalancer: string;
}

/** Watches the target groups that come after it was made: the new version's. */
export class FirstFailure {
  /** Kept when the target group has left its balancer or is gone: its metrics are still there. */
  private readonly places = new Map<string, Place>();
  private publishedAtMs: number | null = null;

  private constructor(
    private readonly reader: MetricsReader,
    private readonly known: Set<string>,
    private readonly sinceMs: number,
  ) {}

  static async watch(reader: MetricsReader, sinceMs: number): Promise<FirstFailure> {
    const groups = await targetGroups(reader.balancers);
    return new FirstFailure(reader, new Set(groups.map((group) => group.TargetGroupArn ?? '')), sinceMs);
  }

  /**
   * When the first period in which the new version fails was published, in milliseconds since 1970: the period's end
   * plus the lag of the metrics. Null while there is none.
   */
  async look(): Promise<number | null> {
    if (this.publishedAtMs !== null) return this.publishedAtMs;
    await this.findPlaces();
    const ends = await Promise.all(
      [...this.places.values()].map((place) => firstFailingPeriodEndMs(this.reader, place, this.sinceMs)),
    );
    const found = ends.filter((end) => end !== null);
    if (found.length > 0) this.publishedAtMs = Math.min(...found) + this.reader.lagSeconds * 1000;
    return this.publishedAtMs;
  }

  private async findPlaces(): Promise<void> {
    for (const { TargetGroupArn: arn, LoadBalancerArns = [] } of await targetGroups(this.reader.balancers)) {
      const loadBalancer = LoadBalancerArns[0]?.split(':loadbalancer/')[1];
      if (arn === undefined || loadBalancer === undefined || this.known.has(arn)) continue;
      this.places.set(arn, { targetGroup: arn.split(':').at(-1) ?? '', loadBalancer });
    }
  }
}

async function targetGroups(balancers: ElasticLoadBalancingV2Client): Promise<TargetGroup[]> {
  return (await balancers.send(new DescribeTargetGroupsCommand({}))).TargetGroups ?? [];
}

async function firstFailingPeriodEndMs(
  { metrics, periodSeconds }: MetricsReader,
  { targetGroup, loadBalancer }: Place,
  sinceMs: number,
): Promise<number | null> {
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
                { Name: 'LoadBalancer', Value: loadBalancer },
                { Name: 'TargetGroup', Value: targetGroup },
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
