import { nextLimit } from '../../workflows/limits';

const gate = { atPercent: 20, sinceMs: 0, untilMs: 4000 };
const pause = { sinceMs: 0, untilMs: 9000 };
const progress = { deploymentId: 'deploy:web:1', pause: null, gate, holds: [] };

test('a gate whose promotion is recorded has no limit: a promote given in time is never rolled back', () => {
  expect(nextLimit({ progress, promotion: null })).toMatchObject({ untilMs: 4000 });
  for (const promotion of ['one', 'all'] as const) expect(nextLimit({ progress, promotion })).toBeNull();
});

test('a promotion takes away the limit of the gate only', () => {
  expect(nextLimit({ progress: { ...progress, pause }, promotion: 'one' })).toMatchObject({ untilMs: 9000 });
});

test('while old is unhealthy no limit that would give it the traffic runs', () => {
  const holds = [{ reason: 'old-unhealthy' as const, detail: '', sinceMs: 0, untilMs: 1 }];
  expect(nextLimit({ progress: { ...progress, pause, holds }, promotion: null })).toBeNull();
});
