import {
  lookSeconds,
  newRisks,
  nothingTold,
  risksAfter,
  risksOf,
  type ReadsAgainst,
  type Risk,
  type RisksTold,
} from '../../domain/way-back-risk';

const well = { groupName: 'web-v1', edits: [], groupIsThere: true, healthy: 4, needed: 4 };
const found = (...reasons: Risk['reason'][]): Risk[] => reasons.map((reason) => ({ reason, detail: reason }));
const reasonsOf = (risks: readonly Risk[]) => risks.map(({ reason }) => reason);

/** What one watch tells, look by look; nobody hears it, so that it goes on against what was told before. */
function tells(told: RisksTold, looks: Risk[][]): (Risk['reason'][] | null)[] {
  let against: ReadsAgainst = {};
  return looks.map((look) => {
    const after = risksAfter({ told, found: look, against });
    against = after.against;
    return after.tell && reasonsOf(after.tell);
  });
}

test('a kept fleet is looked at every half minute, or as rarely as anything else', () => {
  expect(lookSeconds({ pollSeconds: 10 })).toBe(30);
  expect(lookSeconds({ pollSeconds: 300 })).toBe(300);
});

test('old with all that it needs is no risk; each thing that stands in the way is told with what it means', () => {
  expect(risksOf(well)).toEqual([]);
  expect(risksOf({ ...well, healthy: 5 })).toEqual([]);
  expect(risksOf({ ...well, healthy: 3 })).toEqual([
    { reason: 'old-unhealthy', detail: expect.stringMatching(/web-v1: 3, needed to carry everything: 4/) as string },
  ]);
  expect(risksOf({ ...well, edits: ['route r has a, b', 'route s has c'] })).toEqual([
    { reason: 'foreign-edit', detail: expect.stringMatching(/^route r has a, b; route s has c: .*refused/) as string },
  ]);
  expect(reasonsOf(risksOf({ ...well, edits: ['route r has a'], healthy: 0 }))).toEqual([
    'foreign-edit',
    'old-unhealthy',
  ]);
});

test('of a group that is gone it is not told as well that it has too few servers', () => {
  expect(reasonsOf(risksOf({ ...well, groupIsThere: false, healthy: 0 }))).toEqual(['old-gone']);
});

test('one odd read tells nothing, two in a row do; a risk that was told is not told again', () => {
  const gone = found('old-gone');
  expect(tells(nothingTold, [gone, [], gone, []])).toEqual([null, null, null, null]);
  expect(tells(nothingTold, [gone, gone])).toEqual([null, ['old-gone']]);
  // Two odd reads of different kinds are two odd reads.
  expect(tells(nothingTold, [gone, found('foreign-edit'), gone])).toEqual([null, null, null]);
  expect(tells({ risks: gone, changes: 1 }, [gone, gone, gone])).toEqual([null, null, null]);
});

test('that it is over needs two reads too, and what else stands is told with it', () => {
  const told = { risks: found('foreign-edit', 'old-unhealthy'), changes: 1 };
  expect(tells(told, [found('foreign-edit'), found('foreign-edit')])).toEqual([null, ['foreign-edit']]);
  expect(tells(told, [[], found('foreign-edit', 'old-unhealthy'), []])).toEqual([null, null, null]);
  expect(tells({ risks: found('old-unhealthy'), changes: 1 }, [[], []])).toEqual([null, []]);
});

test('a second risk is told beside the first, and is the only one that is new', () => {
  const told = { risks: found('old-unhealthy'), changes: 1 };
  const both = found('foreign-edit', 'old-unhealthy');
  expect(tells(told, [both, both])).toEqual([null, ['old-unhealthy', 'foreign-edit']]);
  expect(reasonsOf(newRisks(told, both))).toEqual(['foreign-edit']);
});

test('what comes and goes is told ever more rarely, however fast, and stands meanwhile', () => {
  for (const sickEveryLooks of [2, 3, 5, 10, 30, 120]) {
    const day = flapping({ sickEveryLooks, looks: 2880 });
    // Each change is at most 20 events, and a day may cost 2,000 in all.
    expect(day.changes).toBeLessThan(90);
    expect(flapping({ sickEveryLooks, looks: 2 * 2880 }).changes).toBeLessThan(1.8 * Math.max(4, day.changes));
  }
});

/** One look every half minute, half of the looks sick; as watcher and workflow share the work. */
function flapping(input: { sickEveryLooks: number; looks: number }): { changes: number } {
  let told = nothingTold;
  let against: ReadsAgainst = {};
  for (let look = 0; look < input.looks; look++) {
    const isSick = look % input.sickEveryLooks < input.sickEveryLooks / 2;
    const after = risksAfter({ told, found: isSick ? found('old-unhealthy', 'foreign-edit') : [], against });
    against = after.tell ? {} : after.against;
    if (after.tell) told = { risks: after.tell, changes: told.changes + 1 };
  }
  return told;
}
