import { paint } from '../../cli/render/line';
import { changeLines } from '../../cli/render/changes';
import { screenLines, type Seen } from '../../cli/render/screen';
import { odds, rate } from '../../cli/render/numbers';
import { judge, progressWith, resultWith, seenWith, startMs } from './support';

function screen(seen: Seen, { columns = 80, colour = false, nowMs = startMs + 90_000 } = {}): string[] {
  return screenLines({ seen, nowMs, columns }).map((line) => paint({ line, columns, colour }));
}

function text(seen: Seen): string {
  return screen(seen).join('\n');
}

test('a shift shows where it is, the split, both fleets, both error rates and the odds', () => {
  expect(screen(seenWith())).toEqual([
    'web #7  production, eu-west-1  ami-0abc',
    'asked for by ann: fix the cart',
    'deploy:web.production.eu-west-1:0f9e',
    '',
    '✓ plan  ✓ prepare  ✓ clone  ✓ ready  ▸ shift 1m 30s  · bake  · decided',
    '',
    `split ${'█'.repeat(4)}${'░'.repeat(36)} new 10 %, old 90 %`,
    '      step 3 of 6: 10 %',
    'old   4 of 4 healthy  web-6',
    'new   3 of 4 healthy  web-7',
    'old   21,811 requests, 22 errors (0.10 %)',
    'new   1,204 requests, 17 errors (1.41 %)',
    'odds  40 to 1 that new is worse than allowed (100 to 1 rolls back)',
  ]);
});

test('no line is wider than the terminal, whatever the texts', () => {
  const long = 'a very long sentence about what happened '.repeat(8);
  const seen = seenWith(
    {
      reason: long,
      warnings: [long],
      notices: [{ atMs: startMs, text: long }],
      pause: { reason: long, sinceMs: startMs, untilMs: startMs + 1 },
      holds: [{ reason: 'no-evidence', detail: long, sinceMs: startMs, untilMs: startMs + 1 }],
      gate: { atPercent: 50, sinceMs: startMs, untilMs: startMs + 1 },
      turn: { holder: long, thing: long, sinceMs: startMs, untilMs: startMs + 1 },
      result: resultWith({ outcome: 'needs-attention', reason: long, repairs: [long, 'x'.repeat(200)] }),
    },
    { live: [long], stopped: long },
  );
  for (const columns of [40, 80, 132]) {
    screen(seen, { columns }).forEach((line) => expect(line.length).toBeLessThanOrEqual(columns));
  }
});

test('a small share shows in the bar, and a share short of all leaves something of old', () => {
  const bar = (newPercent: number) => screen(seenWith({ split: { newPercent } }))[6];
  expect(bar(0)).not.toContain('█');
  expect(bar(1)).toMatch(/ █░+ new 1 %/);
  expect(bar(99)).toMatch(/█░ new 99 %/);
  expect(bar(100)).not.toContain('░');
});

test('a pause and a hold say who, why and how long they may last', () => {
  const untilMs = startMs + 90_000 + 3_600_000;
  const seen = seenWith({
    pause: { by: 'bob', reason: 'lunch', sinceMs: startMs, untilMs },
    holds: [{ reason: 'unmeasurable', detail: 'no metrics for 10m', sinceMs: startMs, untilMs }],
  });
  expect(text(seen)).toContain('paused by bob: lunch – goes back in 1h unless resumed');
  expect(text(seen)).toContain('on hold (unmeasurable): no metrics for 10m – 1h left');
});

test('everything that holds the split is shown, and a gate says what passes it', () => {
  const untilMs = startMs + 90_000 + 3_600_000;
  const shown = text(
    seenWith({
      gate: { atPercent: 50, sinceMs: startMs, untilMs },
      holds: [
        { reason: 'foreign-edit', detail: 'somebody wrote 95', sinceMs: startMs, untilMs },
        { reason: 'no-evidence', detail: 'too few requests', sinceMs: startMs, untilMs },
      ],
    }),
  ).replace(/\s+/g, ' ');
  expect(shown).toContain(
    'gate at 50 %: fleetshift promote deploy:web.production.eu-west-1:0f9e – goes back in 1h unless promoted',
  );
  expect(shown).toContain('on hold (foreign-edit): somebody wrote 95 – 1h left');
  expect(shown).toContain('on hold (no-evidence): too few requests – 1h left');
});

test('one that waits says for whom, and by what it would be in the way', () => {
  const turn = { holder: 'deploy:web:1', sinceMs: startMs, untilMs: startMs + 90_000 + 3_600_000 };
  const queued = seenWith({
    phase: 'queued',
    split: null,
    turn: { ...turn, thing: 'service:web.production.eu-west-1' },
  });
  expect(text(queued)).toContain('▸ queued 1m 30s  · plan  · prepare');
  expect(text(queued)).toContain('waits for deploy:web:1 – gives up in 1h');
  const behind = seenWith({ phase: 'plan', turn: { ...turn, thing: 'arn:aws:elb:rule/1' } });
  expect(text(behind)).toContain('waits for deploy:web:1, which holds arn:aws:elb:rule/1 – gives up in 1h');
});

test('without a worker the screen says that it is the record, and that nothing is lost', () => {
  const words = text(seenWith({}, { source: 'record' })).replace(/\s+/g, ' ');
  expect(words).toContain('no worker answers');
  expect(words).toContain('goes on when a worker is back');
});

test('an ending shows outcome, duration, reason, and each repair that is left', () => {
  const result = resultWith({
    outcome: 'needs-attention',
    reason: 'old cannot carry it',
    repairs: ['raise web-6 to 4'],
  });
  expect(text(seenWith({ phase: 'decided', result }))).toContain(
    'needs-attention after 12m 34s\n  old cannot carry it\nto be repaired by hand:\n  - raise web-6 to 4',
  );
});

test('a rollback under way is told as one', () => {
  expect(text(seenWith({ phase: 'rolling-back' }))).toContain('rolling back for 1m 30s');
});

test('a text from outside cannot drive the terminal', () => {
  const painted = text(seenWith({ reason: 'x\x1b[2J\x07\nnew line' }));
  expect(painted).not.toContain('\x1b');
  expect(painted).not.toContain('\x07');
});

test('colours are put around the cut text, not counted as text', () => {
  const [plain, coloured] = [screen(seenWith()), screen(seenWith(), { colour: true })];
  expect(coloured.map((line) => line.replace(/\x1b\[\d+m/g, '').trimEnd())).toEqual(plain);
  expect(coloured.join('')).toContain('\x1b[32m');
});

test.each([
  [Math.log(40), '40 to 1'],
  [0, '1 to 1'],
  [Math.log(2.5), '2.5 to 1'],
  [-Math.log(8), '1 to 8'],
  [Math.log(54_321), '54,321 to 1'],
  [800, 'over 1,000,000 to 1'],
  [-800, 'under 1 to 1,000,000'],
])('log evidence %f reads %s', (logEvidence, expected) => {
  expect(odds(logEvidence)).toBe(expected);
});

test('no requests have no rate, rather than a rate of zero', () => {
  expect(rate(0, 0)).toBe('–');
  expect(rate(0, 10)).toBe('0.00 %');
  expect(rate(1, 100_000)).toBe('0.001 %');
});

describe('in a pipe', () => {
  const lines = (before: Seen | null, now: Seen) =>
    changeLines({ before, now }).map((line) => paint({ line, columns: 1000, colour: false }));

  test('the first look says everything, the same look again says nothing', () => {
    const seen = seenWith({ notices: [{ atMs: startMs, text: 'phase shift' }], warnings: ['short period'] });
    expect(lines(null, seen)).toEqual([
      'web #7 production eu-west-1 ami-0abc deploy:web.production.eu-west-1:0f9e',
      '03:04:05Z phase shift',
      'split: new 10 %, old 90 %',
      'healthy: old 4 of 4, new 3 of 4',
      'odds: 40 to 1 that new is worse than allowed (100 to 1 rolls back)',
      'warning: short period',
    ]);
    expect(lines(seen, seenWith({ notices: [...seen.progress.notices], warnings: ['short period'] }))).toEqual([]);
  });

  test('each change is one line, and a notice is told once although the list is cut at its beginning', () => {
    const notices = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ({ atMs: startMs, text: `notice ${from + index}` }));
    const before = seenWith({ notices: notices(0, 3) });
    const now = seenWith({ notices: notices(2, 5), split: { newPercent: 25 }, judge: { ...judge, logEvidence: 0 } });
    expect(lines(before, now)).toEqual([
      '03:04:05Z notice 3',
      '03:04:05Z notice 4',
      'split: new 25 %, old 75 %',
      'odds: 1 to 1 that new is worse than allowed (100 to 1 rolls back)',
    ]);
  });

  test('the loss of the worker and its return are told once each', () => {
    const [live, record] = [seenWith(), { ...seenWith(), source: 'record' as const }];
    expect(lines(live, record)).toEqual(['no worker answers; the deployment goes on when one is back']);
    expect(lines(record, record)).toEqual([]);
    expect(lines(record, live)).toEqual(['a worker answers again']);
  });

  test('what the record does not know is not told as a change', () => {
    const record: Seen = {
      ...seenWith(),
      source: 'record',
      progress: progressWith({ split: null, newFleet: null, oldFleet: null, judge: null }),
    };
    expect(lines(seenWith(), record)).toHaveLength(1);
  });
});
