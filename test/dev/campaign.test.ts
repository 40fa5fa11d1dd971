import { Dice } from '../../dev/campaign/dice';
import { endingProblem, expectedEndings } from '../../dev/campaign/expected-endings';
import { drawScenario, serviceNames, type Scenario } from '../../dev/campaign/scenario';
import { serviceFileOf } from '../../dev/campaign/service';
import { addRun, emptySummary, failureReport, verdictOn } from '../../dev/campaign/summary';
import type { Outcome } from '../../domain/deployment';
import { resultAs, rolledBack, scenario, succeeded } from './campaign-record';

const scenarios = (seed: number, count = 300) => Array.from({ length: count }, (_, index) => drawScenario(seed, index));

test('equal seeds draw equal campaigns, and other seeds others', () => {
  expect(scenarios(7)).toEqual(scenarios(7));
  expect(scenarios(8)).not.toEqual(scenarios(7));
  expect(drawScenario(7, 41)).toEqual(scenarios(7)[41]);
});

test('dice stay within their bounds and use all of them', () => {
  const dice = new Dice(1);
  const thrown = new Set(Array.from({ length: 500 }, () => dice.whole(1, 6)));
  expect([...thrown].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Array.from({ length: 100 }, () => dice.chance(100))).not.toContain(false);
  expect(Array.from({ length: 100 }, () => dice.chance(0))).not.toContain(true);
});

test('a campaign has every kind of version, control, disturbance, outage and fault, and every scenario is a service', () => {
  const all = scenarios(1);
  const kinds = (pick: (one: Scenario) => (string | undefined)[]) =>
    [...new Set(all.flatMap(pick))].filter(Boolean).sort();
  expect(kinds((one) => [one.version])).toEqual(['bad', 'broken', 'good', 'never-healthy']);
  expect(kinds((one) => [one.control?.verb])).toEqual(['abort', 'cancel', 'pause']);
  expect(kinds((one) => [one.disturbance?.kind])).toEqual([
    'crash-new',
    'crash-old',
    'delete-old',
    'edit-weights',
    'shrink-old',
  ]);
  expect(kinds((one) => [one.outage?.kind])).toEqual(['all-workers-kill', 'worker-freeze', 'worker-kill']);
  expect(kinds((one) => one.awsFaults.map(({ kind }) => kind))).toEqual([
    'error-500',
    'latency',
    'lost-reply',
    'lost-request',
    'stale-read',
    'throttle',
  ]);
  for (const one of all) {
    expect(serviceFileOf(one).service).toBe(one.service);
    expect(one.service.match(serviceNames)).toEqual([one.service]);
  }
});

const abortTaken = [{ verb: 'abort' as const, ruling: 'taken' as const, atMs: 0 }];
const abortRefused = [{ verb: 'abort' as const, ruling: 'refused' as const, atMs: 0 }];
const editing = { moment: { afterWrites: 3, delayMs: 0 }, kind: 'edit-weights' as const, putBackAfterMs: null };

test.each<[string, Partial<Parameters<typeof expectedEndings>[0]>, Outcome[]]>([
  ['a good version', {}, ['succeeded']],
  ['a bad one', { scenario: { ...scenario, version: 'bad' } }, ['rolled-back']],
  ['one that is never healthy', { scenario: { ...scenario, version: 'never-healthy' } }, ['rolled-back']],
  ['a good one that nobody asks anything', { scenario: { ...scenario, hasTraffic: false } }, ['rolled-back']],
  ['a gate that nobody opens', { scenario: { ...scenario, gate: 'left' } }, ['rolled-back']],
  ['an abort that was taken', { requests: abortTaken }, ['aborted']],
  ['an abort that came too late', { requests: abortRefused }, ['succeeded']],
  ['an edit that came too late', { scenario: { ...scenario, disturbance: editing } }, ['succeeded']],
  [
    'an edit that stays',
    { scenario: { ...scenario, disturbance: editing }, done: [{ what: 'edit-weights', atMs: 0 }] },
    ['succeeded', 'rolled-back'],
  ],
])('%s may end so only', (_, facts, endings) => {
  expect(expectedEndings({ ...succeeded(), ...facts })).toEqual(endings);
});

test('another ending, none at all, and an old fleet that does not go are wrong', () => {
  expect(endingProblem(succeeded())).toBeNull();
  expect(endingProblem(succeeded({ result: resultAs('rolled-back') }))).toBe(
    'rolled-back (because), expected succeeded',
  );
  expect(endingProblem(succeeded({ result: null, stuck: 'it did not end' }))).toBe('none: it did not end');
  expect(endingProblem(succeeded({ drain: null }))).toContain('the drain of the old fleet did not end');
  expect(endingProblem(succeeded({ scenario: { ...scenario, oldGroup: 'scale-to-zero' } }))).toContain(
    'expected scaled-to-zero',
  );
});

test('a good version may go back for what the balancer could not answer only when old had lost its servers', () => {
  const reason =
    'held for 15s without a change (limits.hold): the balancer answered 6 of 83 requests with a 5xx of its own';
  const result = { ...resultAs('rolled-back'), reason };
  const crashed = { done: [{ what: 'crash-old' as const, atMs: 0 }] };
  expect(endingProblem(succeeded({ result, ...crashed }))).toBeNull();
  expect(endingProblem(succeeded({ result }))).toContain('expected succeeded');
  expect(endingProblem(succeeded({ result: resultAs('rolled-back'), ...crashed }))).toContain('expected succeeded');
});

test('the summary counts endings, what really happened, and what was wrong; a failure says how to see it again', () => {
  const summary = emptySummary(5);
  const stuck = rolledBack({ result: null, stuck: 'it did not end', faultHits: { throttle: 2 } });
  for (const record of [succeeded({ done: [{ what: 'put-back', atMs: 0 }] }), rolledBack(), stuck]) {
    addRun(summary, record, verdictOn(record));
  }
  expect(summary).toEqual({
    runs: 3,
    seed: 5,
    outcomes: { succeeded: 1, 'rolled-back': 1, stuck: 1 },
    faults: { 'put-back': 1, throttle: 2 },
    wrongEndings: 1,
    violations: 0,
  });
  const report = failureReport(5, stuck, verdictOn(stuck));
  expect(report).toContain('wrong ending: none: it did not end');
  expect(report).toContain('again: npm run campaign -- --seed 5 --only 0');
  expect(report).toContain('CreateAutoScalingGroup applied');
});
