import fc from 'fast-check';
import { logEvidence } from '../../domain/judge/evidence';
import { foldStretch, judgeReportOf, periodsToRead, refoldStretch } from '../../domain/judge/fold-stretch';
import { type GuardState, openStretch, type Stretch } from '../../domain/judge/stretch';
import { first, guardSettings, invalidPeriod, minute, minutes, period, poll, stretchAt } from './stretch-support';

const quiet = [300, 0, 5700, 0] as const;
const evidenceOf = (state: GuardState) => logEvidence(state.judge, guardSettings.judge);

test('rows begin at the first whole period after settle, and are folded when they are old enough', () => {
  // Settled at 1 min 1 s, so the first row is the one from minute 2 to 3, readable at minute 5.
  const start = first(stretchAt(0, 5));
  const world = minutes(0, 20 * minute, quiet);
  expect(periodsToRead(start, guardSettings, 5 * minute - 1)).toBeNull();
  expect(poll(start, world, 5 * minute - 1)).toEqual(start);
  expect(periodsToRead(start, guardSettings, 5 * minute)).toEqual({ startMs: 2 * minute, endMs: 3 * minute });
  const state = poll(start, world, 5 * minute);
  expect(state).toMatchObject({
    cursorMs: 3 * minute,
    lastPeriodEndMs: 3 * minute,
    total: { rows: 1, newRequests: 300 },
  });
});

test('a period that settles exactly on its start is a row', () => {
  expect(first(stretchAt(0, 5, { settledMs: 2 * minute })).cursorMs).toBe(2 * minute);
});

test('the next guard folds the late rows of the stretch before, skips the change, and counts only its own as its own', () => {
  const world = minutes(0, 30 * minute, quiet);
  const before = poll(first(stretchAt(0, 5)), world, 7 * minute);
  expect(before.total.rows).toBe(3);
  // Written at 7 min 30 s: minutes 5 and 6 are late rows, 7 and 8 have no defined weight, 9 is the first new row.
  const opened = openStretch(before, stretchAt(7.5 * minute, 10), guardSettings);
  expect(opened.current.tally.rows).toBe(0);
  const late = poll(opened, world, 9 * minute);
  expect([late.total.rows, late.current.tally.rows]).toEqual([5, 0]);
  const warm = poll(late, world, 11 * minute);
  expect([warm.total.rows, warm.current.tally.rows]).toEqual([5, 0]);
  const own = poll(warm, world, 12 * minute);
  expect([own.total.rows, own.current.tally.rows, own.lastPeriodEndMs]).toEqual([6, 1, 10 * minute]);
});

test('old at no weight is held against the ceiling, also when its own late row is folded by the next guard', () => {
  const alone = minutes(0, 9 * minute, [1000, 400, 0, 0]);
  const compared = poll(first(stretchAt(0, 50)), alone, 20 * minute);
  expect(evidenceOf(compared)).toBeLessThanOrEqual(0);
  const whole = poll(first(stretchAt(0, 100)), alone, 20 * minute);
  expect(evidenceOf(whole)).toBeGreaterThan(4.6);
  const next = openStretch(first(stretchAt(0, 100)), stretchAt(8 * minute, 50), guardSettings);
  expect(evidenceOf(poll(next, alone, 20 * minute))).toBeGreaterThan(4.6);
});

test('a period that CloudWatch leaves out is a row without traffic', () => {
  const state = poll(first(stretchAt(0, 5)), [period(3 * minute, quiet)], 7 * minute);
  expect(state.total).toEqual({ rows: 3, newRequests: 300, newErrors: 0, oldRequests: 5700, oldErrors: 0 });
});

test('a period that cannot be used is no row and no evidence, and a good one ends the series', () => {
  const world = [invalidPeriod(2 * minute), invalidPeriod(3 * minute), period(4 * minute, quiet)];
  const bad = poll(first(stretchAt(0, 5)), world, 6 * minute);
  expect(bad).toMatchObject({ invalid: { inARow: 2 }, total: { rows: 0 }, judge: { rows: 0 }, cursorMs: 4 * minute });
  expect(poll(bad, world, 7 * minute)).toMatchObject({ invalid: { inARow: 0 }, total: { rows: 1 } });
});

test('folding stops at the row that convicts, so that later calm does not take the verdict back', () => {
  const world = [period(2 * minute, [300, 300, 5700, 0]), ...minutes(3 * minute, 300 * minute, [300, 0, 5700, 300])];
  const state = poll(first(stretchAt(0, 5)), world, 300 * minute);
  expect(state.total.rows).toBe(1);
  expect(poll(state, world, 301 * minute)).toEqual(state);
});

const someCounts = fc
  .tuple(fc.nat(50), fc.nat(3), fc.nat(500), fc.nat(5))
  .map(([n, x, o, y]) => [n, Math.min(n, x), o, Math.min(o, y)] as const);
const someWorld = fc
  .array(someCounts, { minLength: 40, maxLength: 40 })
  .map((list) => list.map((counts, index) => period(index * minute, counts)));
/** Stretches one after the other, seconds apart as well as minutes. */
const someStretches = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.nat(100)), { minLength: 1, maxLength: 6 })
  .map((gaps) => {
    let writeMs = 0;
    return gaps.map(([seconds, settle], index): Stretch => {
      const stretch = stretchAt(writeMs, 1 + 10 * index, {
        readBackMs: writeMs + 500,
        settledMs: writeMs + 500 + settle * 1000,
      });
      writeMs = stretch.settledMs + seconds * 1000;
      return stretch;
    });
  });

test('however it is polled, and through JSON, a guard ends in the same state', () => {
  fc.assert(
    fc.property(someWorld, fc.array(fc.nat(40 * 60), { maxLength: 20 }), (world, seconds) => {
      const once = poll(first(stretchAt(0, 5)), world, 40 * minute);
      const polls = [...seconds.sort((a, b) => a - b), 40 * 60];
      const often = polls.reduce(
        (state, at) => poll(JSON.parse(JSON.stringify(state)) as GuardState, world, at * 1000),
        first(stretchAt(0, 5)),
      );
      expect(often).toEqual(once);
    }),
  );
});

test('across any stretches and handovers each whole period of constant weight is folded once, and no other', () => {
  fc.assert(
    fc.property(someStretches, fc.array(fc.nat(300), { minLength: 6, maxLength: 6 }), (stretches, delays) => {
      const world = minutes(0, 90 * minute, [10, 0, 100, 0]);
      const state = stretches.reduce<GuardState | null>((before, stretch, index) => {
        const opened = openStretch(before, stretch, guardSettings);
        // A guard is over before the next weight is written.
        const overMs = Math.min(stretch.readBackMs + delays[index]! * 1000, stretches[index + 1]?.writeMs ?? Infinity);
        return poll(opened, world, overMs);
      }, null)!;
      const done = poll(state, world, 90 * minute);
      const belongs = (startMs: number, stretch: Stretch, index: number) =>
        startMs >= stretch.settledMs && startMs + minute <= (stretches[index + 1]?.writeMs ?? 88 * minute);
      const whole = world.filter(({ startMs }) => stretches.some((stretch, index) => belongs(startMs, stretch, index)));
      expect(done.total.rows).toBe(whole.length);
      const last = stretches.length - 1;
      const own = world.filter(({ startMs }) => belongs(startMs, stretches[last]!, last));
      expect(done.current.tally.rows).toBe(own.length);
    }),
  );
});

test('the state stays small over fifty steps and a long pause', () => {
  const world = minutes(0, 3000 * minute, [300, 1, 5700, 12]);
  let state: GuardState | null = null;
  for (let step = 0; step < 50; step += 1) {
    const stretch = stretchAt(step * 8 * minute, step + 1);
    state = poll(openStretch(state, stretch, guardSettings), world, stretch.readBackMs + 7 * minute);
  }
  const end = poll(state!, world, 3000 * minute);
  expect(end.total.rows).toBeGreaterThan(2500);
  expect(JSON.stringify(end).length).toBeLessThan(2000);
});

test('the report has the totals since the shift began, not those of the stretch', () => {
  const world = minutes(0, 30 * minute, [30, 1, 570, 19]);
  const before = poll(first(stretchAt(0, 5)), world, 8 * minute);
  const state = poll(openStretch(before, stretchAt(8 * minute, 10), guardSettings), world, 9 * minute);
  expect(judgeReportOf(state, guardSettings)).toMatchObject({
    rows: 5,
    newRequests: 150,
    newErrors: 5,
    oldRequests: 2850,
    oldErrors: 95,
    lastPeriodEndMs: 7 * minute,
    logEvidence: evidenceOf(state),
  });
});

describe('reading again before a stretch is passed', () => {
  const atStart = first(stretchAt(0, 5));
  const now = 8 * minute;
  const read = minutes(2 * minute, 6 * minute, [300, 1, 5700, 10]);
  const folded = foldStretch(atStart, read, guardSettings, now);
  const again = (reread: typeof read, from = folded) =>
    refoldStretch({ atStart, folded: from, read, reread }, guardSettings, now);
  const corrected = (counts: readonly [number, number, number, number]) => [
    ...read.slice(0, 3),
    period(5 * minute, counts),
  ];

  test('the same rows change nothing, in whatever order and words', () => {
    expect(again(read)).toEqual({ kind: 'unchanged' });
    expect(again([...read].reverse())).toEqual({ kind: 'unchanged' });
    const spelled = read.map((one) => ({
      ...one,
      newFleet: [{ requestCount: 300, target5xx: 1, connectionErrors: 0 }],
    }));
    expect(again(spelled)).toEqual({ kind: 'unchanged' });
  });

  test('a period after the cursor is none of its rows', () => {
    expect(again([...read, period(6 * minute, [300, 300, 5700, 0])])).toEqual({ kind: 'unchanged' });
  });

  test('a change for the worse counts, and the stretch lasts one more period', () => {
    const answer = again(corrected([300, 4, 5700, 10]));
    if (answer.kind !== 'changed') throw new Error('expected a change');
    expect(evidenceOf(answer.state)).toBeGreaterThan(evidenceOf(folded));
    expect(answer.state.total.newErrors).toBe(7);
    expect(answer.state.stretches.at(-1)!.endsMs).toBe(now + minute);
    expect(answer.state.cursorMs).toBe(folded.cursorMs);
  });

  test('a change for the better is counted, but takes no evidence away', () => {
    const answer = again(corrected([300, 0, 5700, 10]));
    if (answer.kind !== 'changed') throw new Error('expected a change');
    expect(evidenceOf(answer.state)).toBe(evidenceOf(folded));
    expect(answer.state.total.newErrors).toBe(3);
  });

  test('harm that only the second reading shows convicts', () => {
    const answer = again(corrected([300, 300, 5700, 10]));
    if (answer.kind !== 'changed') throw new Error('expected a change');
    expect(evidenceOf(answer.state)).toBeGreaterThan(4.6);
  });

  test('a row that has vanished is a change', () => {
    expect(again(read.slice(1)).kind).toBe('changed');
  });

  test('a bake, which needs its rows, gets one more row', () => {
    const bake = first(stretchAt(0, 5, { requireAllRows: true, endsMs: 6 * minute }));
    const done = foldStretch(bake, read, guardSettings, now);
    const reread = corrected([300, 2, 5700, 10]);
    const answer = refoldStretch({ atStart: bake, folded: done, read, reread }, guardSettings, now);
    if (answer.kind !== 'changed') throw new Error('expected a change');
    expect(answer.state.stretches.at(-1)!.endsMs).toBe(7 * minute);
  });
});
