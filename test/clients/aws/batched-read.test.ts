import { runAsAttempt } from '../../../clients/aws/attempt';
import { batchedRead, inOrderOf } from '../../../clients/aws/batched-read';
import { AwsCallError } from '../../../clients/aws/errors';
import { metricSums, type BalancerMetric, type MetricWindow } from '../../../clients/aws/metrics';
import type { AwsSession } from '../../../clients/aws/sessions';

const aws = {} as AwsSession;
const asWatcher = <Answer>(work: () => Promise<Answer>) => runAsAttempt({ role: 'watcher', deadlineMs: 0 }, work);
const asWriter = <Answer>(work: () => Promise<Answer>) =>
  runAsAttempt({ role: 'writer', deadlineMs: Number.MAX_SAFE_INTEGER }, work);

/** Knows lengths of words; refuses a call with a word that is unknown, as load balancing does. */
function reader({ most = 20, refusal }: { most?: number; refusal?: AwsCallError } = {}) {
  const calls: string[][] = [];
  const read = batchedRead<string, number>({
    most,
    ask: async (_, words) => {
      calls.push([...words]);
      if (refusal) throw refusal;
      if (words.includes('unknown')) throw failure('not-found');
      const known = words.filter((word) => word !== 'absent').map((word) => ({ word }));
      return inOrderOf(words, known.reverse(), ({ word }) => word).map((found) => found?.word.length);
    },
  });
  return { calls, read: (word: string) => read(aws, word) };
}

function failure(kind: AwsCallError['kind']): AwsCallError {
  return new AwsCallError('refused', kind, 'Code', { cause: undefined });
}

test('watchers that ask at about the same moment share a call, and each gets its own answer', async () => {
  const { calls, read } = reader();
  const answers = await Promise.all(['a', 'absent', 'ccc', 'a'].map((word) => asWatcher(() => read(word))));
  expect(answers).toEqual([1, undefined, 3, 1]);
  expect(calls).toEqual([['a', 'absent', 'ccc']]);
});

test('no call is larger than AWS allows', async () => {
  const { calls, read } = reader({ most: 2 });
  await Promise.all(['a', 'bb', 'ccc'].map((word) => asWatcher(() => read(word))));
  expect(calls).toEqual([['a', 'bb'], ['ccc']]);
});

test('one that is not there is told to the one who asked for it, and to nobody else', async () => {
  const { read } = reader();
  const answers = await Promise.allSettled(['a', 'unknown', 'ccc'].map((word) => asWatcher(() => read(word))));
  expect(answers).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: failure('not-found') },
    { status: 'fulfilled', value: 3 },
  ]);
});

test('a throttle is told to all, and does not become a call for each', async () => {
  const { calls, read } = reader({ refusal: failure('transient') });
  const answers = await Promise.allSettled(['a', 'bb'].map((word) => asWatcher(() => read(word))));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(calls).toHaveLength(1);
});

test('a writer asks alone and at once, and nothing that was read answers a later question', async () => {
  const { calls, read } = reader();
  const watching = asWatcher(() => read('a'));
  await asWriter(() => read('a'));
  expect(calls).toEqual([['a']]);
  await watching;
  await asWatcher(() => read('a'));
  expect(calls).toEqual([['a'], ['a'], ['a']]);
});

describe('metrics', () => {
  const window: MetricWindow = { periodSeconds: 60, startMs: 0, endMs: 60_000 };
  const metric = (loadBalancer: string): BalancerMetric => ({ loadBalancer, metricName: 'RequestCount' });

  /** Answers with the number in the balancer's name; one that is called "half" is answered only in part. */
  function cloudWatch() {
    const calls: { queries: number; endMs: number }[] = [];
    interface Query {
      Id: string;
      MetricStat: { Metric: { Dimensions: { Value: string }[] } };
    }
    const send = async ({ input }: { input: { MetricDataQueries: Query[]; EndTime: Date } }) => {
      calls.push({ queries: input.MetricDataQueries.length, endMs: input.EndTime.getTime() });
      return {
        MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat }) => {
          const name = MetricStat.Metric.Dimensions[0]?.Value ?? '';
          const StatusCode = name === 'half' ? 'PartialData' : 'Complete';
          return { Id, StatusCode, Timestamps: [new Date(0)], Values: [Number(name)] };
        }),
      };
    };
    return { calls, aws: { cloudWatch: { send } } as unknown as AwsSession };
  }

  const valuesOf = (sums: Map<number, number>[] | null) => sums?.map((one) => one.get(0)) ?? null;

  test('of one window are read together, and each deployment gets its own', async () => {
    const { calls, aws } = cloudWatch();
    const asked = [[metric('1'), metric('2')], [metric('half')], [metric('3')]];
    const sums = await Promise.all(asked.map((metrics) => asWatcher(() => metricSums(aws, metrics, window))));
    expect(sums.map(valuesOf)).toEqual([[1, 2], null, [3]]);
    expect(calls).toEqual([{ queries: 4, endMs: 60_000 }]);
  });

  test('of two windows, and more than one call may have, are read in several', async () => {
    const { calls, aws } = cloudWatch();
    const many = Array.from({ length: 300 }, (_, index) => metric(String(index)));
    const later = { ...window, endMs: 120_000 };
    const asked: [BalancerMetric[], MetricWindow][] = [
      [many, window],
      [many, window],
      [[metric('7')], later],
    ];
    const sums = await Promise.all(asked.map(([metrics, at]) => asWatcher(() => metricSums(aws, metrics, at))));
    expect(sums.map((one) => one?.length)).toEqual([300, 300, 1]);
    expect(calls).toEqual([
      { queries: 300, endMs: 60_000 },
      { queries: 300, endMs: 60_000 },
      { queries: 1, endMs: 120_000 },
    ]);
  });
});
