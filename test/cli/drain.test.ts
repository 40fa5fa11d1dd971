import type { DrainView } from '../../clients/temporal/read-drain';
import { drainChangeLines } from '../../cli/render/changes';
import { drainScreenLines } from '../../cli/render/drain';
import { type Line, paint } from '../../cli/render/line';
import { screenLines } from '../../cli/render/screen';
import type { DrainProgress, DrainResult } from '../../domain/deployment';
import { resultWith, seenWith, startMs } from './support';

const nowMs = startMs + 90_000;
const deploymentId = 'deploy:web.production.eu-west-1:0f9e';
const drainId = 'drain:web.production.eu-west-1:0f9e';

function drainWith(progress: Partial<DrainProgress> = {}, rest: Partial<DrainView> = {}): DrainView {
  const whole: DrainProgress = {
    ...{ drainId, deploymentId, phase: 'keep', phaseSinceMs: startMs, groupName: 'web-6' },
    ...{ keepUntilMs: startMs + 3_600_000, late: false },
    ...{ pause: null, requests: [], notices: [] },
    ...progress,
  };
  return { drainId, phase: whole.phase, progress: whole, result: null, live: [], stopped: null, ...rest };
}

function ended(change: Partial<DrainResult> = {}): DrainView {
  const { drainId, progress } = drainWith({ phase: 'finished' });
  const result: DrainResult = {
    ...{ drainId, groupName: 'web-6', ending: 'scaled-to-zero', reason: 'web-6 is scaled-to-zero' },
    ...{ trafficRestoredAtMs: null, repairs: [], ...change },
  };
  return { drainId, phase: 'finished', progress, result, live: [], stopped: null };
}

const painted = (lines: Line[], columns = 200) => lines.map((line) => paint({ line, columns, colour: false }));
const screen = (drain: DrainView) => painted(drainScreenLines({ drain, nowMs, columns: 200 }));
const text = (drain: DrainView) => screen(drain).join('\n');

test('while old is kept the screen says until when a rollback is instant, and how to ask for it', () => {
  expect(screen(drainWith())).toEqual([
    'old fleet web-6',
    drainId,
    '',
    '▸ keep 1m 30s  · drain  · retire  · finished',
    '  web-6 is kept for an instant way back until 2026-01-02 04:04Z (58m 30s left): ' +
      `fleetshift rollback ${deploymentId}`,
  ]);
});

test('what stands in the way of an instant way back is shown as long as old is kept', () => {
  const risk = { reason: 'old-unhealthy', detail: 'healthy servers of web-6: 1' } as const;
  const risks = { risks: [risk], changes: 1 };
  expect(screen(drainWith({ risks })).at(-1)).toBe('  at risk: healthy servers of web-6: 1');
  expect(text(drainWith({ risks: { risks: [], changes: 2 } }))).not.toContain('at risk');
  expect(text(drainWith({ phase: 'drain', risks }))).not.toContain('at risk');
});

test('a paused keep has no end until it goes on; who paused it, why and for how long at most is told', () => {
  const pause = { by: 'bob', reason: 'launch day', sinceMs: startMs, untilMs: nowMs + 3_600_000 };
  const shown = text(drainWith({ pause }));
  expect(shown).toContain(`web-6 is kept on for an instant way back: fleetshift rollback ${deploymentId}`);
  expect(shown).toContain('paused by bob: launch day – goes on by itself in 1h');
  expect(shown).not.toContain('until');
});

test('what work is left is what the watchers see, and late is told as waited for, not as cut', () => {
  const drain = drainWith({ phase: 'drain' }, { live: ['old fleet is not quiet: 12 requests in the newest period'] });
  expect(text(drain)).toContain('now old fleet is not quiet: 12 requests in the newest period');
  expect(text(drain)).toContain('finishes its work, and only then goes');
  expect(text(drain)).not.toMatch(/late|rollback/);
  const late = text(drainWith({ phase: 'drain', late: true }));
  expect(late).toContain('late: longer than drain.upTo; nothing is cut, its work is waited for');
});

test('an ending says what became of old, why, and each repair that is left', () => {
  expect(screen(ended())).toEqual([
    'old fleet web-6',
    drainId,
    '',
    'old fleet: scaled-to-zero  web-6',
    '  web-6 is scaled-to-zero',
  ]);
  const broken = ended({ ending: 'needs-attention', reason: 'it is still in a route', repairs: ['take it out'] });
  expect(text(broken)).toContain('old fleet: needs-attention  web-6\n  it is still in a route\n  - take it out');
});

test('without a worker, and after a terminate, that is told', () => {
  expect(text(drainWith({}, { progress: null, phase: 'drain' }))).toContain(
    'phase drain; no worker answers: the drain goes on when a worker is back',
  );
  expect(text(drainWith({}, { progress: null, stopped: 'the workflow ended without a result' }))).toMatch(
    /^ {2}the workflow ended without a result$/m,
  );
});

test('a deployment that has succeeded shows its drain below its end', () => {
  const seen = seenWith(
    { phase: 'decided', result: resultWith({ drainId, previousImageId: 'ami-0old' }) },
    { drain: drainWith({ keepUntilMs: nowMs + 60_000 }) },
  );
  const shown = painted(screenLines({ seen, nowMs, columns: 200 })).join('\n');
  expect(shown).toContain(`the old fleet goes by ${drainId}; before, ami-0old ran\n▸ keep`);
  expect(shown).toContain(`(1m left): fleetshift rollback ${deploymentId}`);
});

test('in a pipe each notice of a drain is one line, told once, and so is the loss of the worker', () => {
  const lines = (before: DrainView | null, now: DrainView) => painted(drainChangeLines({ before, now }));
  const first = drainWith({ notices: [{ atMs: startMs, text: 'phase keep' }] });
  const second = drainWith({
    notices: [
      { atMs: startMs, text: 'phase keep' },
      { atMs: startMs, text: 'phase drain' },
    ],
  });
  const silent = drainWith({}, { progress: null });
  expect(lines(null, first)).toEqual([`${drainId} keep`, '03:04:05Z phase keep']);
  expect(lines(first, second)).toEqual(['03:04:05Z phase drain']);
  expect(lines(second, silent)).toEqual(['no worker answers; the drain goes on when one is back']);
  expect(lines(silent, silent)).toEqual([]);
});
