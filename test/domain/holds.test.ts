import {
  endedAfter,
  holdReasons,
  holdsAfter,
  limitingHold,
  lingeringHolds,
  sameReasons,
  standingHolds,
  type EndedHold,
  type HoldFinding,
} from '../../domain/holds';
import type { Hold } from '../../domain/deployment';

const limits = { holdSeconds: 100, unmeasurableSeconds: 10 };
const found = (...reasons: Hold['reason'][]): HoldFinding[] => reasons.map((reason) => ({ reason, detail: reason }));
const after = (known: Hold[], findings: HoldFinding[], nowMs: number, ended: EndedHold[] = []) =>
  holdsAfter({ known, ended, found: findings, limits, periodSeconds: 1, nowMs });

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

test('a hold that soon returns goes on with the rest of its limit; after longer than it stood it has its whole limit', () => {
  const known = after([], found('no-evidence'), 1000);
  const ended = endedAfter({ known, holds: [], ended: [], nowMs: 61_000 });
  const returned = (nowMs: number) => after([], found('no-evidence'), nowMs, ended);
  // It stood for 60 of its 100 seconds, and was away for 20.
  expect(returned(81_000)).toMatchObject([{ sinceMs: 1000, untilMs: 121_000 }]);
  expect(returned(121_001)).toMatchObject([{ sinceMs: 121_001, untilMs: 221_001 }]);
});

test('a hold ends when it has not been found for a period, and for a tenth of the time that it stood', () => {
  const ending = (sinceMs: number, looksMs: number[]) => {
    const known = [{ reason: 'old-unhealthy' as const, detail: '', sinceMs }];
    let clearSince = {};
    return looksMs.map((nowMs) => {
      const answer = lingeringHolds({ known, found: [], clearSince, nowMs, periodSeconds: 60 });
      ({ clearSince } = answer);
      return answer.holds.length;
    });
  };
  expect(ending(0, [10_000, 69_000, 70_000])).toEqual([1, 1, 0]);
  expect(ending(0, [3_000_000, 3_299_000, 3_300_000])).toEqual([1, 1, 0]);
});

test('an old fleet that is sick every other minute, or every half hour, changes its hold a few times, not for ever', () => {
  for (const sickEverySeconds of [60, 120, 600, 1800]) expect(changesInDay(sickEverySeconds)).toBeLessThan(100);
});

test('one that is sick half of the time comes to its limit', () => {
  const day = { holdSeconds: 86_400, unmeasurableSeconds: 1800 };
  expect(flapping({ limits: day, sickEverySeconds: 240, sickSeconds: 120, seconds: 2 * 86_400 }).expired).toBe(true);
});

function changesInDay(sickEverySeconds: number): number {
  const long = { holdSeconds: 10 * 86_400, unmeasurableSeconds: 1800 };
  return flapping({ limits: long, sickEverySeconds, sickSeconds: 30, seconds: 86_400 }).changes;
}

/** One look every ten seconds, as guard and workflow share the work. */
function flapping(input: { limits: typeof limits; sickEverySeconds: number; sickSeconds: number; seconds: number }): {
  changes: number;
  expired: boolean;
} {
  let known: Hold[] = [];
  let ended: EndedHold[] = [];
  let clearSince = {};
  let changes = 0;
  for (let second = 0; second < input.seconds; second += 10) {
    const nowMs = second * 1000;
    const isSick = second % input.sickEverySeconds < input.sickSeconds;
    const finding = isSick ? found('old-unhealthy') : [];
    const lingering = lingeringHolds({ known, found: finding, clearSince, nowMs, periodSeconds: 60 });
    ({ clearSince } = lingering);
    if (!sameReasons(lingering.holds, known)) {
      changes += 1;
      clearSince = {};
      const next = { known, ended, found: lingering.holds, limits: input.limits, periodSeconds: 60, nowMs };
      const holds = holdsAfter(next);
      ended = endedAfter({ known, holds, ended, nowMs });
      known = holds;
    }
    if (known.some(({ untilMs }) => isSick && nowMs >= untilMs)) return { changes, expired: true };
  }
  return { changes, expired: false };
}

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
