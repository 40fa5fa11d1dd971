import { decideStretch } from '../../domain/judge/decide-stretch';
import { openStretch } from '../../domain/judge/stretch';
import { first, guardSettings, minute, minutes, poll, stretchAt } from './stretch-support';

const both = (fromMs: number, toMs: number) => minutes(fromMs, toMs, [100, 30, 900, 270]);
const well = (fromMs: number, toMs: number) => minutes(fromMs, toMs, [100, 0, 900, 0]);
const decisionAt = (world: ReturnType<typeof both>, nowMs: number, settings = guardSettings) =>
  decideStretch(poll(first(stretchAt(0, 10)), world, nowMs, settings), settings, nowMs);

test('an outage that both fleets share holds the split, and says how much old itself fails', () => {
  expect(decisionAt(both(0, 30 * minute), 9 * minute)).toMatchObject({
    kind: 'hold',
    holds: [{ reason: 'shared-outage', detail: expect.stringContaining('810 of 2,700 requests (30 %)') as string }],
  });
});

test('it is over when the last rows are good, and begins anew in a later stretch', () => {
  const world = [...both(0, 5 * minute), ...well(5 * minute, 60 * minute)];
  expect(decisionAt(world, 8 * minute).kind).toBe('hold');
  expect(decisionAt(world, 10 * minute).kind).toBe('advance');
  const passed = poll(first(stretchAt(0, 10)), well(0, 9 * minute), 9 * minute);
  const next = openStretch(passed, stretchAt(9 * minute, 25), guardSettings);
  const later = [...well(0, 10 * minute), ...minutes(10 * minute, 20 * minute, [250, 75, 750, 225])];
  expect(decideStretch(poll(next, later, 16 * minute), guardSettings, 16 * minute)).toMatchObject({
    holds: [{ reason: 'shared-outage' }],
  });
});

test('a new version that is worse than old even in an outage is still convicted', () => {
  expect(decisionAt(minutes(0, 30 * minute, [100, 95, 900, 270]), 9 * minute).kind).toBe('harmful');
});

test('a few errors of old are no outage, whatever their share, and neither is a rate below the ceiling', () => {
  expect(decisionAt(minutes(0, 30 * minute, [2, 0, 18, 1]), 9 * minute).kind).toBe('wait');
  expect(decisionAt(minutes(0, 30 * minute, [100, 0, 900, 44]), 9 * minute).kind).toBe('advance');
});

test('in a hotfix old is known to be bad: its errors hold nothing', () => {
  const settings = { ...guardSettings, hotfix: true };
  expect(decisionAt(both(0, 30 * minute), 9 * minute, settings).kind).toBe('advance');
  expect(decisionAt(minutes(0, 30 * minute, [100, 0, 900, 270]), 9 * minute, settings)).toEqual({
    kind: 'advance',
    verdict: 'healthy',
  });
});
