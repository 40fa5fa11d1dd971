import {
  holdReasons,
  holdsAfter,
  limitingHold,
  sameReasons,
  standingHolds,
  type HoldFinding,
} from '../../domain/holds';
import type { Hold } from '../../domain/deployment';

const limits = { holdSeconds: 100, unmeasurableSeconds: 10 };
const found = (...reasons: Hold['reason'][]): HoldFinding[] => reasons.map((reason) => ({ reason, detail: reason }));
const after = (known: Hold[], findings: HoldFinding[], nowMs: number) =>
  holdsAfter({ known, found: findings, limits, nowMs });

test('each hold has a limit of its own, counted from when it began, however often it is seen', () => {
  const first = after([], found('no-evidence'), 1000);
  expect(first).toEqual([{ reason: 'no-evidence', detail: 'no-evidence', sinceMs: 1000, untilMs: 101_000 }]);
  const both = after(first, found('no-evidence', 'unmeasurable'), 5000);
  expect(both).toMatchObject([
    { reason: 'unmeasurable', sinceMs: 5000, untilMs: 15_000 },
    { reason: 'no-evidence', sinceMs: 1000, untilMs: 101_000 },
  ]);
  expect(after(both, found('no-evidence'), 6000)).toEqual(first);
});

test('a hold that ended and comes again has its whole limit', () => {
  const once = after([], found('no-evidence'), 1000);
  expect(after(after(once, [], 2000), found('no-evidence'), 3000)).toMatchObject([{ sinceMs: 3000, untilMs: 103_000 }]);
});

test('the foremost is what a person has to look at first: a foreign edit, then an unhealthy old fleet', () => {
  const all = after([], found(...[...holdReasons].reverse()), 0);
  expect(all.map(({ reason }) => reason)).toEqual(holdReasons);
});

test('the first limit to run out counts, but only its own while old is unhealthy', () => {
  const two = after(after([], found('no-evidence'), 0), found('no-evidence', 'unmeasurable'), 1000);
  expect(limitingHold(two)).toMatchObject({ reason: 'unmeasurable' });
  expect(limitingHold(after(two, found('no-evidence', 'unmeasurable', 'old-unhealthy'), 2000))).toMatchObject({
    reason: 'old-unhealthy',
    untilMs: 102_000,
  });
  expect(limitingHold([])).toBeNull();
});

const reasonsOf = (holds: HoldFinding[]) => holds.map(({ reason }) => reason);
const seen = { hasReadMetrics: true, hasReadFleets: true };

test('without metrics nothing that only they show is over, and what the fleets themselves show is', () => {
  const known = found('no-evidence', 'shared-outage', 'foreign-edit', 'old-unhealthy');
  const blind = { ...seen, hasReadMetrics: false };
  expect(reasonsOf(standingHolds({ known, found: [], ...blind }))).toEqual(['no-evidence', 'shared-outage']);
  expect(standingHolds({ known, found: [], ...seen })).toEqual([]);
  // Found again, it is not there twice.
  const again = standingHolds({ known, found: found('no-evidence'), ...blind });
  expect(reasonsOf(again)).toEqual(['no-evidence', 'shared-outage']);
});

test('while the fleets cannot be read nothing that they show is over, nor that something could not be read', () => {
  const known = found('no-evidence', 'unmeasurable', 'foreign-edit', 'old-unhealthy');
  expect(reasonsOf(standingHolds({ known, found: [], ...seen, hasReadFleets: false }))).toEqual([
    'unmeasurable',
    'foreign-edit',
    'old-unhealthy',
  ]);
});

test('one reason that was found twice is one hold', () => {
  const twice = found('unmeasurable', 'unmeasurable');
  expect(standingHolds({ known: [], found: twice, ...seen })).toEqual(found('unmeasurable'));
});

test('holds are the same when their reasons are, whatever the numbers in their details', () => {
  expect(sameReasons(found('no-evidence'), [{ reason: 'no-evidence', detail: 'other numbers' }])).toBe(true);
  expect(sameReasons(found('no-evidence'), found('no-evidence', 'unmeasurable'))).toBe(false);
  expect(sameReasons(found('no-evidence', 'shared-outage'), found('shared-outage', 'no-evidence'))).toBe(true);
  expect(sameReasons([], found('unmeasurable'))).toBe(false);
});
