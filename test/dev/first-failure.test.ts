import type { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { firstFailurePublishedAtMs, type MetricsReader } from '../../dev/demo/first-failure';

const balancer = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1';
const groupArn = (name: string) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/1`;
const noonMs = Date.UTC(2026, 0, 1, 12);

/** Failures by target group and second after noon. */
function reader(failures: Record<string, [second: number, count: number][]>): MetricsReader {
  const groups = Object.keys(failures).map((name) => ({
    TargetGroupArn: groupArn(name),
    LoadBalancerArns: [balancer],
  }));
  return {
    periodSeconds: 5,
    lagSeconds: 2,
    balancers: { send: async () => ({ TargetGroups: groups }) } as unknown as ElasticLoadBalancingV2Client,
    metrics: {
      send: async ({ input }: GetMetricDataCommand) => {
        const { Metric, Period } = input.MetricDataQueries?.[0]?.MetricStat ?? {};
        expect(Metric?.Dimensions?.[0]).toEqual({ Name: 'LoadBalancer', Value: 'app/web/1' });
        expect(Period).toBe(5);
        const name = Metric?.Dimensions?.[1]?.Value?.split('/')[1] ?? '';
        const points = failures[name] ?? [];
        return {
          MetricDataResults: [
            {
              Timestamps: points.map(([second]) => new Date(noonMs + second * 1000)),
              Values: points.map(([, count]) => count),
            },
          ],
        };
      },
    } as unknown as CloudWatchClient,
  };
}

const known = new Set([groupArn('old')]);

test('a failure is public when its period has ended and the lag of the metrics is over', async () => {
  const metrics = reader({
    new: [
      [0, 0],
      [5, 3],
      [10, 9],
    ],
  });
  expect(await firstFailurePublishedAtMs(metrics, { known, sinceMs: noonMs })).toBe(noonMs + (5 + 5 + 2) * 1000);
});

test('failures of target groups that were there before do not count', async () => {
  const metrics = reader({ old: [[0, 7]], new: [[0, 0]] });
  expect(await firstFailurePublishedAtMs(metrics, { known, sinceMs: noonMs })).toBeNull();
});

test('a version without any metric has not failed', async () => {
  expect(await firstFailurePublishedAtMs(reader({ new: [] }), { known, sinceMs: noonMs })).toBeNull();
});
