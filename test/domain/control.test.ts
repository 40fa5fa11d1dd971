import {
  earlierRuling,
  readControlRequest,
  rule,
  verbs,
  type Ruling,
  type Situation,
  type Verb,
} from '../../domain/control';
import { drainPhases, phases } from '../../domain/deployment';
import { holdReasons } from '../../domain/holds';

const running: Situation = { phase: 'shift', paused: false, goingBack: false, decided: false, waiting: null };
const holdFor = (reason: (typeof holdReasons)[number]) => ({ kind: 'hold' as const, reason });
const columns: Record<string, Situation> = {
  'queued or plan': { ...running, phase: 'plan' },
  'prepare to ready': { ...running, phase: 'ready' },
  'shift and bake': running,
  'shift, paused': { ...running, paused: true },
  'shift, at a gate': { ...running, waiting: { kind: 'gate' } },
  'shift, foreign edit': { ...running, waiting: { kind: 'hold', reason: 'foreign-edit' } },
  'abort asked for': { ...running, goingBack: true },
  'rolling back': { ...running, phase: 'rolling-back', goingBack: true },
  'about to succeed': { ...running, phase: 'bake', decided: true },
  'ended without success': { ...running, phase: 'decided' },
  'ended by going back': { ...running, phase: 'decided', goingBack: true },
  keep: { ...running, phase: 'keep' },
  'keep, paused': { ...running, phase: 'keep', paused: true },
  'keep, going back': { ...running, phase: 'keep', goingBack: true },
  'drain and retire': { ...running, phase: 'drain', previousImageId: 'ami-0before' },
  'drain and retire, before it unknown': { ...running, phase: 'retire', previousImageId: null },
  finished: { ...running, phase: 'finished', previousImageId: 'ami-0before' },
  'finished, gone back': { ...running, phase: 'finished', goingBack: true, previousImageId: 'ami-0before' },
};

const table: [string, Record<Verb, Ruling['kind']>][] = (
  [
    ['queued or plan', 'taken', 'already', 'refused', 'taken', 'refused'],
    ['prepare to ready', 'taken', 'already', 'refused', 'taken', 'refused'],
    ['shift and bake', 'taken', 'already', 'taken', 'taken', 'taken'],
    ['shift, paused', 'already', 'taken', 'refused', 'taken', 'taken'],
    ['shift, at a gate', 'taken', 'already', 'taken', 'taken', 'taken'],
    ['shift, foreign edit', 'taken', 'already', 'refused', 'taken', 'taken'],
    ['abort asked for', 'refused', 'already', 'refused', 'already', 'already'],
    ['rolling back', 'refused', 'already', 'refused', 'already', 'already'],
    ['about to succeed', 'refused', 'already', 'already', 'refused', 'refused'],
    ['ended without success', 'refused', 'refused', 'refused', 'refused', 'refused'],
    ['ended by going back', 'refused', 'refused', 'refused', 'refused', 'refused'],
    ['keep', 'taken', 'already', 'taken', 'refused', 'taken'],
    ['keep, paused', 'already', 'taken', 'refused', 'refused', 'taken'],
    ['keep, going back', 'refused', 'already', 'refused', 'refused', 'already'],
    ['drain and retire', 'taken', 'already', 'refused', 'refused', 'taken'],
    ['drain and retire, before it unknown', 'taken', 'already', 'refused', 'refused', 'refused'],
    ['finished', 'refused', 'already', 'refused', 'refused', 'taken'],
    ['finished, gone back', 'refused', 'already', 'refused', 'refused', 'already'],
  ] as const
).map(([column, pause, resume, promote, abort, rollback]) => [column, { pause, resume, promote, abort, rollback }]);

test.each(table)('%s: every verb is ruled on as the table says', (column, expected) => {
  const ruled = Object.fromEntries(verbs.map((verb) => [verb, rule(verb, columns[column]!).kind]));
  expect(ruled).toEqual(expected);
});

test('every verb is answered in every phase, with a text for people', () => {
  for (const phase of [...phases, ...drainPhases])
    for (const verb of verbs) expect(rule(verb, { ...running, phase }).text).not.toBe('');
});

test('a refusal says what to do instead', () => {
  expect(rule('abort', columns['keep']!).text).toContain('rollback');
  expect(rule('rollback', columns['prepare to ready']!).text).toContain('abort');
  expect(rule('promote', columns['shift, paused']!).text).toContain('resume');
  expect(rule('rollback', columns['drain and retire, before it unknown']!).text).toContain('fleetshift deploy');
});

test('a rollback for which old is no longer kept says what is deployed again', () => {
  for (const column of ['drain and retire', 'finished'])
    expect(rule('rollback', columns[column]!).text).toContain('ami-0before is deployed again');
});

test('a promote counts once, until it has been acted on; all that is left may still be asked for', () => {
  const pending: Situation = { ...running, promotion: 'one' };
  expect(rule('promote', pending).kind).toBe('already');
  expect(rule('promote', pending, true).kind).toBe('taken');
  expect(rule('promote', { ...running, promotion: 'all' }).kind).toBe('already');
  expect(rule('promote', { ...running, promotion: 'all' }, true).kind).toBe('already');
});

test('a promote is told what it passes', () => {
  const hold: Situation = { ...running, waiting: { kind: 'hold', reason: 'no-evidence' } };
  expect(rule('promote', running).text).toContain('step');
  expect(rule('promote', columns['shift, at a gate']!).text).toContain('gate');
  expect(rule('promote', hold).text).toContain('hold');
  expect(rule('promote', { ...running, phase: 'bake' }).text).toContain('bake');
  expect(rule('promote', running, true).text).toContain('steps that are left');
});

test('no phase, pause, gate or hold keeps anybody from aborting before the decision', () => {
  for (const phase of phases.filter((one) => one !== 'decided' && one !== 'rolling-back'))
    for (const paused of [false, true])
      for (const waiting of [null, { kind: 'gate' } as const, ...holdReasons.map(holdFor)])
        expect(rule('abort', { ...running, phase, paused, waiting }).kind).toBe('taken');
});

test('payloads of verbs are read, or their problem is told', () => {
  expect(readControlRequest(undefined)).toEqual({ kind: 'read', request: {} });
  expect(readControlRequest({ by: 'ada', reason: 'why', full: true })).toEqual({
    kind: 'read',
    request: { by: 'ada', reason: 'why', full: true },
  });
  expect(readControlRequest({ unreadablePayload: 'Unknown encoding: text/plain' })).toMatchObject({
    problem: expect.stringContaining('but Unknown encoding: text/plain') as string,
  });
  for (const broken of ['maintenance', 7, { by: 7 }, { who: 'ada' }, { unreadablePayload: 'x' }])
    expect(readControlRequest(broken)).toMatchObject({ kind: 'unreadable' });
});

test('a request that comes twice counts once; the same key with another verb is another request', () => {
  const heard = [{ verb: 'promote', idempotencyKey: 'k', atMs: 1, ruling: 'taken' } as const];
  expect(earlierRuling(heard, { verb: 'promote', idempotencyKey: 'k' })).toMatchObject({ kind: 'taken' });
  expect(earlierRuling(heard, { verb: 'promote', idempotencyKey: 'other' })).toBeNull();
  expect(earlierRuling(heard, { verb: 'abort', idempotencyKey: 'k' })).toBeNull();
  expect(earlierRuling([{ verb: 'pause', atMs: 1, ruling: 'taken' }], { verb: 'pause' })).toBeNull();
});
