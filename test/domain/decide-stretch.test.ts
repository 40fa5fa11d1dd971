import fc from 'fast-check';
import { decideStretch } from '../../domain/judge/decide-stretch';
import { refoldStretch } from '../../domain/judge/fold-stretch';
import type { PeriodSums } from '../../domain/judge/rows';
import { endingAt, openBake, type Stretch } from '../../domain/judge/stretch';
import { first, guardSettings, invalidPeriod, minute, minutes, period, poll, stretchAt } from './stretch-support';

/** Polls a stretch of the first step once, at `nowMs`. */
function decision(world: readonly PeriodSums[], nowMs: number, stretch: Stretch = stretchAt(0, 5)) {
  return decideStretch(poll(first(stretch), world, nowMs), guardSettings, nowMs);
}
const quiet = minutes(0, 60 * minute, [300, 0, 5700, 0]);
const thin = minutes(0, 60 * minute, [4, 0, 76, 0]);
const ends = 5 * minute + 1000;

describe('harm', () => {
  const harmful = minutes(0, 60 * minute, [3, 3, 57, 0]);

  test('convicts without a minimum sample, long before the time is up', () => {
    expect(decision(harmful, 5 * minute).kind).toBe('wait');
    expect(decision(harmful, 6 * minute)).toMatchObject({
      kind: 'harmful',
      report: { rows: 2, newRequests: 6, newErrors: 6, oldRequests: 114, oldErrors: 0 },
    });
  });

  test('convicts in a stretch that has no end', () => {
    expect(decision(harmful, 6 * minute, stretchAt(0, 5, { endsMs: null })).kind).toBe('harmful');
  });

  test('comes before every doubt about the measurement', () => {
    const broken = minutes(0, 60 * minute, [3000, 3000, 100, 0]);
    expect(decision(broken, 6 * minute).kind).toBe('harmful');
  });

  test('is told with both rates, both counts and the odds', () => {
    expect(decision(minutes(0, 60 * minute, [300, 60, 5700, 3]), 6 * minute)).toMatchObject({
      sentence:
        'the new version fails more often than allowed: 120 of 600 requests (20 %) at 5 % of the traffic, ' +
        'against 6 of 11,400 requests (0.0526 %) of the old one; the odds are 750 to 1 (100 to 1 are needed)',
    });
  });

  test('is told with the ceiling when old has no weight', () => {
    expect(decision(minutes(0, 60 * minute, [300, 90, 0, 0]), 6 * minute, stretchAt(0, 100))).toMatchObject({
      sentence:
        'the new version fails more often than allowed: 180 of 600 requests (30 %) at 100 % of the traffic, ' +
        'against a ceiling of 5 %; the odds are 600 to 1 (100 to 1 are needed)',
    });
  });
});

describe('passing', () => {
  test('needs the time to be up', () => {
    const long = stretchAt(0, 5, { endsMs: 20 * minute });
    expect(decision(quiet, 20 * minute - 1, long).kind).toBe('wait');
    expect(decision(quiet, 20 * minute, long)).toEqual({ kind: 'advance', verdict: 'healthy' });
  });

  test('needs three rows, though the time is up', () => {
    expect(decision(quiet, ends).kind).toBe('wait');
    expect(decision(quiet, 7 * minute - 1).kind).toBe('wait');
    expect(decision(quiet, 7 * minute)).toEqual({ kind: 'advance', verdict: 'healthy' });
  });

  test('needs the minimum of requests, though the time is up and the rows are there', () => {
    expect(decision(thin, 11 * minute)).toEqual({ kind: 'wait' });
    expect(decision(thin, 12 * minute)).toEqual({ kind: 'advance', verdict: 'undecided' });
  });

  test('needs every row up to the end in a bake', () => {
    const bake = stretchAt(0, 5, { endsMs: 10 * minute, requireAllRows: true });
    expect(decision(quiet, 12 * minute - 1, bake).kind).toBe('wait');
    expect(decision(quiet, 12 * minute, bake).kind).toBe('advance');
  });

  test('of a bake is not paid for by the requests of the step before it', () => {
    const world = quiet.slice(0, 8);
    const step = poll(first(stretchAt(0, 5)), world, 8 * minute);
    expect(decideStretch(step, guardSettings, 8 * minute).kind).toBe('advance');
    const bake = openBake(step, 40 * minute);
    expect(poll(bake, world, 20 * minute).total.rows).toBe(step.total.rows + 12);
    const silent = poll(bake, world.slice(0, 6), 45 * minute);
    expect(decideStretch(silent, guardSettings, 45 * minute).kind).toBe('low-traffic');
    const busy = poll(bake, quiet, 45 * minute);
    expect(decideStretch(busy, guardSettings, 45 * minute).kind).toBe('advance');
  });

  test('never happens in a stretch without an end, and happens once it has one', () => {
    const state = poll(first(stretchAt(0, 5, { endsMs: null })), quiet, 60 * minute);
    expect(decideStretch(state, guardSettings, 60 * minute)).toEqual({ kind: 'wait' });
    const ended = endingAt(state, { endsMs: 50 * minute, requireAllRows: false });
    expect(decideStretch(ended, guardSettings, 60 * minute).kind).toBe('advance');
  });

  test('never happens without requests that were compared, whatever else is measured', () => {
    const sums = fc.record({ requestCount: fc.constant(0), target5xx: fc.nat(5) });
    const silent = fc.constantFrom([], [{}], [{ requestCount: 0 }]);
    const fleets = fc.oneof(
      fc.record({ newFleet: silent, oldFleet: fc.array(sums) }),
      fc.record({ newFleet: fc.array(fc.record({ requestCount: fc.nat(20) })), oldFleet: silent }),
    );
    fc.assert(
      fc.property(
        fc.array(fleets, { maxLength: 30 }),
        fc.integer({ min: 0, max: 60 }),
        fc.boolean(),
        (list, at, whole) => {
          const world = list.map((one, index) => ({ startMs: index * minute, ...one }));
          const stretch = stretchAt(0, 50, { requireAllRows: whole });
          expect(decision(world, at * minute, stretch).kind).not.toBe('advance');
        },
      ),
    );
  });
});

describe('a lack of requests', () => {
  test('is told three step times after the read-back, when the rows up to then are folded', () => {
    // 15 min 1 s: the last whole period before it ends at minute 15 and is readable at minute 17.
    expect(decision([], 17 * minute - 1).kind).toBe('wait');
    expect(decision([], 17 * minute)).toMatchObject({ kind: 'low-traffic', newRequests: 0, neededRequests: 30 });
  });

  test('is not told before a bake is over, or in a stretch without an end', () => {
    expect(decision([], 60 * minute, stretchAt(0, 5, { endsMs: null })).kind).toBe('wait');
    const bake = stretchAt(0, 5, { endsMs: 30 * minute, requireAllRows: true });
    expect(decision([], 31 * minute, bake).kind).toBe('wait');
    expect(decision([], 32 * minute, bake).kind).toBe('low-traffic');
  });

  test('waits for three rows where steps are shorter than periods', () => {
    const stretch = stretchAt(0, 5, { endsMs: 2000 });
    const settings = { ...guardSettings, stepSeconds: 1 };
    const at = (nowMs: number) => decideStretch(poll(first(stretch), [], nowMs, settings), settings, nowMs).kind;
    expect(at(6 * minute)).toBe('wait');
    expect(at(7 * minute)).toBe('low-traffic');
  });

  test('ends when the requests come', () => {
    const late = [...thin.slice(0, 3), ...minutes(25 * minute, 60 * minute, [30, 0, 570, 0])];
    expect(decision(late, 20 * minute).kind).toBe('low-traffic');
    expect(decision(late, 28 * minute).kind).toBe('advance');
  });

  test('says when requests of new had nothing to be compared with', () => {
    const world = minutes(0, 60 * minute, [2, 0, 0, 0]);
    expect(decision(world, 20 * minute, stretchAt(0, 98))).toMatchObject({
      detail:
        'the new version got 0 of the 30 requests that a step at 98 % needs ' +
        '(32 more came while the old one had none to compare with)',
    });
  });
});

describe('holding', () => {
  test('one period that cannot be used is passed over, two in a row hold, and a good one ends it', () => {
    const one = [invalidPeriod(2 * minute), ...quiet.slice(3)];
    expect(decision(one, 5 * minute).kind).toBe('wait');
    const two = [invalidPeriod(2 * minute), invalidPeriod(3 * minute), ...quiet.slice(4)];
    expect(decision(two, 6 * minute)).toMatchObject({
      kind: 'hold',
      holds: [{ reason: 'unmeasurable', detail: expect.stringContaining('new fleet: RequestCount is -1') as string }],
    });
    expect(decision(two, 7 * minute).kind).toBe('wait');
    expect(decision(two, 9 * minute).kind).toBe('advance');
  });

  test('a share that is not the one written holds, also in a stretch without an end', () => {
    const wrong = minutes(0, 60 * minute, [3000, 0, 3000, 0]);
    expect(decision(wrong, 9 * minute)).toMatchObject({ kind: 'hold', holds: [{ reason: 'share-mismatch' }] });
    expect(decision(wrong, 9 * minute, stretchAt(0, 5, { endsMs: null }))).toMatchObject({
      holds: [{ reason: 'share-mismatch' }],
    });
    expect(decision(wrong, 9 * minute, stretchAt(0, 50)).kind).toBe('advance');
  });

  test('an old fleet with weight whose requests are missing holds', () => {
    expect(decision(minutes(0, 60 * minute, [300, 0, 0, 0]), 9 * minute, stretchAt(0, 50))).toMatchObject({
      kind: 'hold',
      holds: [{ reason: 'share-mismatch' }],
    });
  });

  test('rows that change at every reading hold in the end instead of prolonging for ever', () => {
    const atStart = first(stretchAt(0, 5));
    let read = quiet;
    let now = 8 * minute;
    let state = poll(atStart, read, now);
    for (let times = 0; times < 11; times += 1) {
      expect(decideStretch(state, guardSettings, now).kind).toBe('advance');
      const reread = read.map((one) =>
        one.startMs === 5 * minute ? period(one.startMs, [300 + times + 1, 0, 5700, 0]) : one,
      );
      const answer = refoldStretch({ atStart, folded: state, read, reread }, guardSettings, now);
      if (answer.kind !== 'changed') throw new Error('expected a change');
      expect(['wait', 'hold']).toContain(decideStretch(answer.state, guardSettings, now).kind);
      read = reread;
      now += minute;
      state = poll(answer.state, read, now);
    }
    expect(decideStretch(state, guardSettings, now)).toMatchObject({
      kind: 'hold',
      holds: [{ reason: 'unmeasurable' }],
    });
  });
});
