/** What a promote may pass, and what it may not. */
import { decidePromoted, decideStretch } from '../../domain/judge/decide-stretch';
import { endingAt } from '../../domain/judge/stretch';
import { first, guardSettings, invalidPeriod, minute, minutes, poll, stretchAt } from './stretch-support';

const at = (world: ReturnType<typeof minutes>, nowMs: number, stretch = stretchAt(0, 10)) => {
  const state = poll(first(stretch), world, nowMs);
  return { judged: decideStretch(state, guardSettings, nowMs), promoted: decidePromoted(state, guardSettings, nowMs) };
};
const passed = { kind: 'advance', verdict: 'promoted' };

test('the time of a step need not be up, but its weight settles', () => {
  const settledMs = stretchAt(0, 10).settledMs;
  expect(at([], settledMs - 1).promoted).toEqual({ kind: 'wait' });
  expect(at([], settledMs)).toEqual({ judged: { kind: 'wait' }, promoted: passed });
});

test('a stretch without an end is passed: a gate', () => {
  const world = minutes(0, 60 * minute, [100, 0, 900, 0]);
  expect(at(world, 30 * minute, stretchAt(0, 10, { endsMs: null }))).toEqual({
    judged: { kind: 'wait' },
    promoted: passed,
  });
});

test.each([
  ['no requests', [], 'low-traffic'],
  ['a share that is not the one written', minutes(0, 60 * minute, [500, 0, 500, 0]), 'hold'],
  ['an outage that both fleets share', minutes(0, 60 * minute, [100, 30, 900, 270]), 'hold'],
  ['metrics that cannot be used', [invalidPeriod(28 * minute), invalidPeriod(29 * minute)], 'hold'],
] as const)('%s is passed', (_, world, judged) => {
  const decisions = at([...world], 32 * minute);
  expect(decisions.judged.kind).toBe(judged);
  expect(decisions.promoted).toEqual(passed);
});

test('harm is never passed', () => {
  const bad = minutes(0, 60 * minute, [100, 50, 900, 1]);
  expect(at(bad, 20 * minute).promoted.kind).toBe('harmful');
  expect(at(bad, 20 * minute, stretchAt(0, 10, { endsMs: null })).promoted.kind).toBe('harmful');
  // Nor is harm that the balancer had to answer for.
  const hanging = minutes(0, 60 * minute, [100, 0, 900, 0]).map(({ startMs }) => ({
    startMs,
    newFleet: [{ requestCount: 100 }],
    oldFleet: [{ requestCount: 900, target2xx: 900 }],
    balancerErrors: 100,
  }));
  expect(at(hanging, 20 * minute).promoted.kind).toBe('harmful');
});

test('what a promoted stretch has folded is handed on: harm that was only beginning convicts later', () => {
  const beginning = minutes(0, 6 * minute, [100, 4, 900, 0]);
  const state = poll(first(stretchAt(0, 10)), beginning, 5 * minute);
  expect(decidePromoted(state, guardSettings, 5 * minute)).toEqual(passed);
  const goingOn = poll(endingAt(state, { endsMs: null, requireAllRows: false }), beginning, 8 * minute);
  expect(goingOn.total.rows).toBeGreaterThan(state.total.rows);
  expect(decidePromoted(goingOn, guardSettings, 8 * minute).kind).toBe('harmful');
});
