import { MetricStore } from '../../../sandbox/data-plane/metrics/metric-store';
import { BalancerCounters, RequestCounters } from '../../../sandbox/data-plane/metrics/request-counters';
import type { Datapoint, MetricQuery } from '../../../sandbox/data-plane/types';

const dimensions = { LoadBalancer: 'app/a/1', TargetGroup: 'targetgroup/b/2' };
const minuteMs = 60_000;
/** A whole minute. */
const t0 = 1_800_000_000_000;

describe('the metrics store', () => {
  it('publishes a bucket only when it has closed and the lag is past', () => {
    const store = new MetricStore({ resolutionSeconds: 1, lagSeconds: 5 });
    store.seriesOf('RequestCount', dimensions).add(1, t0 + 300);
    expect(ask(store, {}, t0 + 5_999)).toEqual([]);
    expect(ask(store, {}, t0 + 6_000)).toEqual([{ startMs: t0, value: 1 }]);
  });

  it('has no points for periods without anything, rather than zeros', () => {
    const store = new MetricStore({ resolutionSeconds: 1, lagSeconds: 0 });
    const series = store.seriesOf('RequestCount', dimensions);
    series.add(1, t0);
    series.add(1, t0 + 4_000);
    expect(ask(store).map(({ startMs }) => startMs - t0)).toEqual([0, 4_000]);
  });

  it('joins buckets into periods aligned to the epoch, in which a query starts inclusive and ends exclusive', () => {
    const store = new MetricStore({ resolutionSeconds: 1, lagSeconds: 0 });
    const series = store.seriesOf('TargetResponseTime', dimensions);
    for (const [second, value] of [0.1, 0.3, 0.2].entries()) series.add(value, t0 + second * 1000);
    series.add(9, t0 + minuteMs);
    const query = { metricName: 'TargetResponseTime', periodSeconds: 60, startMs: t0 + 30_000, endMs: t0 + minuteMs };
    const value = (stat: MetricQuery['stat']): number | undefined => ask(store, { ...query, stat })[0]?.value;
    expect(ask(store, query)).toHaveLength(1);
    expect(value('SampleCount')).toBe(3);
    expect(value('Sum')).toBeCloseTo(0.6);
    expect(value('Average')).toBeCloseTo(0.2);
    expect(value('Minimum')).toBe(0.1);
    expect(value('Maximum')).toBe(0.3);
    expect(ask(store, { ...query, endMs: t0 + minuteMs + 1 })).toHaveLength(2);
  });

  it('answers nothing for names, namespaces and dimension sets that nobody published', () => {
    const store = new MetricStore({ resolutionSeconds: 1, lagSeconds: 0 });
    store.seriesOf('RequestCount', dimensions).add(1, t0);
    expect(ask(store, { metricName: 'Nonsense' })).toEqual([]);
    expect(ask(store, { namespace: 'AWS/EC2' })).toEqual([]);
    expect(ask(store, { dimensions: { TargetGroup: dimensions.TargetGroup } })).toEqual([]);
    expect(ask(store, { dimensions: { ...dimensions, AvailabilityZone: 'a' } })).toEqual([]);
    const { LoadBalancer, TargetGroup } = dimensions;
    expect(ask(store, { dimensions: { TargetGroup, LoadBalancer } })).toHaveLength(1);
  });

  it('counts a request for its pair and for its balancer, and a balancer error for the balancer alone', () => {
    const store = new MetricStore({ resolutionSeconds: 1, lagSeconds: 0 });
    const counters = new RequestCounters(store, dimensions, new BalancerCounters(store, dimensions.LoadBalancer));
    counters.completed({ targetStatus: 204, targetSeconds: 0.01 }, t0);
    counters.completed({ targetStatus: 503, targetSeconds: 0.01 }, t0);
    counters.completed({ balancerStatus: 502, connectionFailed: true }, t0);
    const sums = (of: Record<string, string>): Record<string, number | undefined> =>
      Object.fromEntries(
        metricNames.map((metricName) => [metricName, ask(store, { metricName, dimensions: of })[0]?.value]),
      );
    const ofThePair = {
      RequestCount: 3,
      HTTPCode_Target_2XX_Count: 1,
      HTTPCode_Target_5XX_Count: 1,
      TargetConnectionErrorCount: 1,
    };
    expect(sums(dimensions)).toEqual(ofThePair);
    expect(sums({ LoadBalancer: dimensions.LoadBalancer })).toEqual({
      ...ofThePair,
      HTTPCode_ELB_5XX_Count: 1,
      HTTPCode_ELB_502_Count: 1,
    });
  });

  it('forgets what is older than three hours', () => {
    const store = new MetricStore({ resolutionSeconds: 60, lagSeconds: 0 });
    const series = store.seriesOf('RequestCount', dimensions);
    series.add(1, t0);
    series.add(1, t0 + 179 * minuteMs);
    expect(ask(store)).toHaveLength(2);
    series.add(1, t0 + 181 * minuteMs);
    expect(ask(store)).toHaveLength(2);
  });
});

const metricNames = [
  'RequestCount',
  'HTTPCode_Target_2XX_Count',
  'HTTPCode_Target_3XX_Count',
  'HTTPCode_Target_4XX_Count',
  'HTTPCode_Target_5XX_Count',
  'TargetConnectionErrorCount',
  'HTTPCode_ELB_5XX_Count',
  'HTTPCode_ELB_502_Count',
  'HTTPCode_ELB_503_Count',
];

function ask(store: MetricStore, query: Partial<MetricQuery> = {}, nowMs = t0 + 24 * 60 * minuteMs): Datapoint[] {
  return store.query(
    {
      namespace: 'AWS/ApplicationELB',
      metricName: 'RequestCount',
      dimensions,
      periodSeconds: 1,
      startMs: t0,
      endMs: t0 + 24 * 60 * minuteMs,
      stat: 'Sum',
      ...query,
    },
    nowMs,
  );
}
