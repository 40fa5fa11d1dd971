import fc from 'fast-check';
import { fleetCounts, readRow, type TargetGroupSums } from '../../domain/judge/rows';

test.each<[string, TargetGroupSums[], { requests: number; errors: number }]>([
  ['requests without a 5xx value had no error', [{ requestCount: 120 }], { requests: 120, errors: 0 }],
  ['nothing published is no traffic', [{}], { requests: 0, errors: 0 }],
  ['no target group is no traffic', [], { requests: 0, errors: 0 }],
  [
    '5xx and connection errors add up',
    [{ requestCount: 100, target5xx: 3, connectionErrors: 2 }],
    { requests: 100, errors: 5 },
  ],
  [
    'more refused connections than requests is a fleet that fails',
    [{ requestCount: 4, connectionErrors: 9 }],
    { requests: 9, errors: 9 },
  ],
  ['refused connections alone are failed requests', [{ connectionErrors: 9 }], { requests: 9, errors: 9 }],
  [
    'a 5xx of a request of the minute before is not counted twice',
    [{ requestCount: 2, target5xx: 5 }],
    { requests: 2, errors: 2 },
  ],
  [
    'a fleet is the sum of its target groups',
    [
      { requestCount: 10, target5xx: 1 },
      { requestCount: 5, connectionErrors: 2 },
    ],
    { requests: 15, errors: 3 },
  ],
])('%s', (_name, groups, expected) => {
  expect(fleetCounts(groups)).toEqual({ kind: 'counts', ...expected });
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a sum of %p is not a count, and the row is refused',
  (value) => {
    for (const metric of ['requestCount', 'target5xx', 'connectionErrors'] as const) {
      expect(fleetCounts([{ requestCount: 1 }, { [metric]: value }])).toMatchObject({ kind: 'invalid' });
    }
    const reading = readRow(
      { startMs: 0, newFleet: [{ requestCount: 1 }], oldFleet: [{ requestCount: value }] },
      'compare',
    );
    expect(reading).toEqual({ kind: 'invalid', detail: `old fleet: RequestCount is ${value}, not a count` });
  },
);

test('there are never more errors than requests', () => {
  const sum = fc.option(fc.nat(1000), { nil: undefined });
  const sums = fc.record({ requestCount: sum, target5xx: sum, connectionErrors: sum });
  fc.assert(
    fc.property(fc.array(sums, { maxLength: 4 }), (groups) => {
      const counts = fleetCounts(groups);
      expect(counts.kind).toBe('counts');
      if (counts.kind === 'counts') expect(counts.errors).toBeLessThanOrEqual(counts.requests);
    }),
  );
});

test('a row carries both fleets, its start and its control', () => {
  const period = { startMs: 60_000, newFleet: [{ requestCount: 3, target5xx: 1 }], oldFleet: [{ requestCount: 57 }] };
  expect(readRow(period, 'compare')).toEqual({
    kind: 'row',
    row: { startMs: 60_000, newRequests: 3, newErrors: 1, oldRequests: 57, oldErrors: 0, control: 'compare' },
  });
});
