import type { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { FirstFailure, type MetricsReader } from '../../dev/demo/first-failure';

const balancer = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1';
const groupArn = (name: string) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/1`;
const noonMs = Date.UTC(2026, 0, 1, 12);

interface World extends MetricsReader {
  /** Names of the target groups that are there, and whether a balancer refers to them. */
  groups: Record<string, boolean>;
}

/** Failures by target group and second after noon. */
function worldOf(failures: Record<string, [second: number, count: number][]>): World {
  const world: World = {
    groups: { old: true },
    periodSeconds: 5,
    lagSeconds: 2,
    balancers: {
      send: async () => ({
        TargetGroups: Object.entries(world.groups).map(([name, isReferred]) => ({
          TargetGroupArn: groupArn(name),
          LoadBalancerArns: isReferred ? [balancer] : [],
        })),
      }),
    } as unknown as ElasticLoadBalancingV2Client,
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
  return world;
}

test('a failure is public when its period has ended and the lag of the metrics is over', async () => {
  const failures: [number, number][] = [
    [0, 0],
    [5, 3],
    [10, 9],
  ];
  const world = worldOf({ new: failures });
  const watched = await FirstFailure.watch(world, noonMs);
  world.groups = { old: true, new: true };
  expect(await watched.look()).toBe(noonMs + (5 + 5 + 2) * 1000);
});

test('failures of target groups that were there before do not count', async () => {
  const world = worldOf({ old: [[0, 7]], new: [[0, 0]] });
  const watched = await FirstFailure.watch(world, noonMs);
  world.groups = { old: true, new: true };
  expect(await watched.look()).toBeNull();
});

test('a version without any metric has not failed', async () => {
  const world = worldOf({});
  const watched = await FirstFailure.watch(world, noonMs);
  world.groups = { old: true, new: true };
  expect(await watched.look()).toBeNull();
});

test('a failure that is published only when the version has left its balancer, or is gone, is still found', async () => {
  const failures: Record<string, [number, number][]> = {};
  const world = worldOf(failures);
  const watched = await FirstFailure.watch(world, noonMs);
  world.groups = { old: true, new: true };
  expect(await watched.look()).toBeNull();
  world.groups = { old: true };
  failures['new'] = [[5, 3]];
  expect(await watched.look()).toBe(noonMs + (5 + 5 + 2) * 1000);
});
