import { notificationOf, tellForSeconds, type Happening } from '../../domain/notification';

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const about = {
  deploymentId: 'deploy:web.production.eu-west-1:0f9e',
  drainId: null,
  service: 'web.production.eu-west-1',
  number: 7,
  revision: { imageId: 'ami-2' },
};
const hold = { reason: 'unmeasurable', detail: 'no metrics', sinceMs: atMs, untilMs: atMs + 1_800_000 } as const;

function told(happening: Happening, drainId: string | null = null) {
  return notificationOf({ happening, about: { ...about, drainId }, id: 'notify:1', atMs });
}

test('a hold is told with its reason, its end and both ways out', () => {
  expect(told({ event: 'held', hold })).toEqual({
    ...about,
    event: 'held',
    id: 'notify:1',
    at: '2026-01-02T03:04:05.000Z',
    outcome: null,
    reason: 'no metrics',
    hold: { reason: 'unmeasurable', until: '2026-01-02T03:34:05.000Z' },
    gate: null,
    repairs: [],
    commands: [
      { command: `fleetshift status ${about.deploymentId} --watch`, effect: 'shows how it stands' },
      { command: `fleetshift promote ${about.deploymentId}`, effect: 'goes on' },
      {
        command: `fleetshift abort ${about.deploymentId}`,
        effect: 'puts the traffic back and removes what was made',
      },
    ],
  });
});

test('promote is not offered where it is refused: over weights that somebody else wrote', () => {
  const { commands } = told({ event: 'held', hold: { ...hold, reason: 'foreign-edit' } });
  expect(commands.map(({ command }) => command.split(' ')[1])).toEqual(['status', 'abort']);
});

test.each([
  [50, 'somebody must promote beyond 50 %'],
  [100, 'somebody must promote before the new version gets all traffic'],
])('a gate at %i %% says what it waits for', (atPercent, reason) => {
  const gate = { atPercent, sinceMs: atMs, untilMs: atMs + 60_000 };
  expect(told({ event: 'gate-waiting', gate })).toMatchObject({
    reason,
    outcome: null,
    gate: { atPercent, until: '2026-01-02T03:05:05.000Z' },
  });
});

test('an ending tells its outcome, the numbers and what to repair; of a drain by the id to look at', () => {
  const ending = { event: 'needs-attention', reason: 'old is too small', repairs: ['set MinSize to 2'] } as const;
  expect(told({ ...ending, repairs: [...ending.repairs] }, 'drain:web.production.eu-west-1:0f9e')).toMatchObject({
    outcome: 'needs-attention',
    reason: 'old is too small',
    repairs: ['set MinSize to 2'],
    commands: [{ command: 'fleetshift status drain:web.production.eu-west-1:0f9e --watch' }],
  });
  expect(told({ event: 'rolling-back', reason: '6 of 41 failed' })).toMatchObject({ outcome: null });
});

test('a refused rollback tells why, and how to ask again', () => {
  const reason = 'deploy:web.production.eu-west-1:1a2b holds arn:rule: abort that first';
  const drainId = 'drain:web.production.eu-west-1:0f9e';
  const { outcome, commands, ...rest } = told({ event: 'rollback-refused', reason }, drainId);
  expect({ outcome, ...rest }).toMatchObject({ event: 'rollback-refused', reason, outcome: null, repairs: [] });
  expect(commands.map(({ command }) => command)).toContain(`fleetshift rollback ${drainId}`);
});

test('what waits is told for as long as it waits, at most an hour; what has happened for a day', () => {
  expect(tellForSeconds({ event: 'held', hold }, atMs)).toBe(1800);
  expect(tellForSeconds({ event: 'held', hold: { ...hold, untilMs: atMs + 86_400_000 } }, atMs)).toBe(3600);
  expect(tellForSeconds({ event: 'held', hold: { ...hold, untilMs: atMs - 5 } }, atMs)).toBe(1);
  expect(tellForSeconds({ event: 'rolled-back', reason: '', repairs: [] }, atMs)).toBe(86_400);
  const atRisk = { event: 'way-back-at-risk', reason: '' } as const;
  expect(tellForSeconds({ ...atRisk, keptUntilMs: atMs + 90_000 }, atMs)).toBe(90);
});
