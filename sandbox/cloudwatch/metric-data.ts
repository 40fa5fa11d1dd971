import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Datapoint } from '../data-plane/types';
import type { Cloud } from '../state/cloud';
import { checkPeriod, checkStatistic, checkTimeRange, dimensionRecord } from './statistics';

const maxQueries = 500;
const maxDatapoints = 100_800;

type Input = Validated<GetMetricDataInput>;
type Query = Validated<MetricDataQuery>;

/** Datapoints from StartTime (inclusive) to EndTime (exclusive); a metric without any is an empty, complete result. */
export function getMetricData(cloud: Cloud, input: Input): GetMetricDataOutput {
  checkQueries(input.MetricDataQueries);
  const limit = input.MaxDatapoints ?? maxDatapoints;
  const all = input.MetricDataQueries.filter((query) => query.ReturnData !== false).map((query) => ({
    query,
    points: pointsOf(cloud, query, input),
  }));
  return cutPage(all, input.NextToken, limit);
}

function pointsOf(cloud: Cloud, query: Query, input: Input): Datapoint[] {
  const stat = query.MetricStat;
  if (!stat) {
    const message = `Query ${query.Id}: the sandbox answers MetricStat queries only, no expressions.`;
    throw new AwsError('ValidationError', message);
  }
  const points = cloud.dataPlane.metrics({
    namespace: stat.Metric.Namespace ?? '',
    metricName: stat.Metric.MetricName ?? '',
    dimensions: dimensionRecord(stat.Metric.Dimensions),
    periodSeconds: checkPeriod(stat.Period),
    stat: checkStatistic(stat.Stat),
    ...checkTimeRange(input.StartTime, input.EndTime),
  });
  const ascending = [...points].sort((a, b) => a.startMs - b.startMs);
  return input.ScanBy === 'TimestampAscending' ? ascending : ascending.reverse();
}

function checkQueries(queries: Query[]): void {
  if (queries.length > maxQueries) {
    const message = `The collection MetricDataQueries must not have a size greater than ${maxQueries}.`;
    throw new AwsError('ValidationError', message);
  }
  const ids = new Set<string>();
  for (const { Id } of queries) {
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id)) {
      const message = `The value '${Id}' for parameter MetricDataQueries.member.Id must start with a lowercase letter and have only letters, digits and underscores.`;
      throw new AwsError('ValidationError', message);
    }
    if (ids.has(Id)) throw new AwsError('ValidationError', `Duplicate query id ${Id}.`);
    ids.add(Id);
  }
}

/** Pages run over the datapoints of all queries in order; the token is the number of points already given. */
function cutPage(
  all: { query: Query; points: Datapoint[] }[],
  token: string | undefined,
  limit: number,
): GetMetricDataOutput {
  let toSkip = startOf(token);
  const end = toSkip + limit;
  let room = limit;
  const results = all.map(({ query, points }): MetricDataResult => {
    const start = Math.min(toSkip, points.length);
    toSkip -= start;
    const page = points.slice(start, start + room);
    room -= page.length;
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName,
      Timestamps: page.map((point) => new Date(point.startMs)),
      Values: page.map((point) => point.value),
      StatusCode: start + page.length < points.length ? 'PartialData' : 'Complete',
    };
  });
  const total = all.reduce((sum, { points }) => sum + points.length, 0);
  return { MetricDataResults: results, Messages: [], ...(end < total ? { NextToken: `points:${end}` } : {}) };
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const match = /^points:(\d+)$/.exec(token);
  if (!match) throw new AwsError('InvalidNextToken', `The token ${token} is not valid.`);
  return Number(match[1]);
}
