import { GetMetricDataCommand, GetMetricStatisticsCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { errorOf, startTestCloud, type Clients, type TestCloud } from './test-cloud';

let cloud: TestCloud;
let clients: Clients;
beforeAll(async () => {
  cloud = await startTestCloud();
  clients = cloud.clients;
  cloud.dataPlane.points = [0, 1, 2].map((index) => ({ startMs: start + index * 10_000, value: index + 1 }));
});
afterAll(() => cloud.sandbox.close());

const start = 1_700_000_000_000;
const metric = {
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'RequestCount',
  Dimensions: [{ Name: 'TargetGroup', Value: 'targetgroup/web/1' }],
};
const query = (Id: string, Stat = 'Sum', Period = 10): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: metric, Period, Stat },
});

function getData(queries: MetricDataQuery[], more: object = {}) {
  return clients.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(start),
      EndTime: new Date(start + 20_000),
      ...more,
    }),
  );
}

test('the start is inside, the end is not, and the newest comes first unless asked otherwise', async () => {
  const newestFirst = await getData([query('a')]);
  expect(newestFirst.MetricDataResults?.[0]).toMatchObject({ Id: 'a', Values: [2, 1], StatusCode: 'Complete' });
  const oldestFirst = await getData([query('a')], { ScanBy: 'TimestampAscending' });
  expect(oldestFirst.MetricDataResults?.[0]?.Values).toEqual([1, 2]);
  expect(oldestFirst.MetricDataResults?.[0]?.Timestamps?.[0]).toEqual(new Date(start));
});

test('the question reaches the metrics of the balancers as it was asked', async () => {
  await getData([query('a', 'Average', 60)]);
  expect(cloud.dataPlane.queries.at(-1)).toEqual({
    namespace: 'AWS/ApplicationELB',
    metricName: 'RequestCount',
    dimensions: { TargetGroup: 'targetgroup/web/1' },
    periodSeconds: 60,
    stat: 'Average',
    startMs: start,
    endMs: start + 20_000,
  });
});

test('a metric without datapoints is an empty result, not an error', async () => {
  const answer = await getData([query('a')], { StartTime: new Date(0), EndTime: new Date(1000) });
  expect(answer.MetricDataResults?.[0]).toMatchObject({ Values: [], Timestamps: [], StatusCode: 'Complete' });
});

test('pages run over all queries without losing or repeating a datapoint', async () => {
  const queries = [query('a'), query('b')];
  const first = await getData(queries, { MaxDatapoints: 3 });
  expect(first.MetricDataResults?.map((result) => [result.Values, result.StatusCode])).toEqual([
    [[2, 1], 'Complete'],
    [[2], 'PartialData'],
  ]);
  const second = await getData(queries, { MaxDatapoints: 3, NextToken: first.NextToken });
  expect(second.MetricDataResults?.map((result) => result.Values)).toEqual([[], [1]]);
  expect(second.NextToken).toBeUndefined();
});

test('what AWS refuses is refused', async () => {
  expect((await errorOf(getData([query('Upper')]))).name).toBe('ValidationException');
  expect((await errorOf(getData([query('a'), query('a')]))).name).toBe('ValidationException');
  expect((await errorOf(getData([query('a', 'Sum', 7)]))).name).toBe('ValidationException');
  expect((await errorOf(getData([query('a')], { EndTime: new Date(start) }))).name).toBe('ValidationException');
});

test('the older call answers several statistics of one metric', async () => {
  const answer = await clients.cloudWatch.send(
    new GetMetricStatisticsCommand({
      ...metric,
      StartTime: new Date(start),
      EndTime: new Date(start + 10_000),
      Period: 10,
      Statistics: ['Sum', 'Average'],
    }),
  );
  expect(answer.Datapoints).toEqual([{ Timestamp: new Date(start), Sum: 1, Average: 1 }]);
});
