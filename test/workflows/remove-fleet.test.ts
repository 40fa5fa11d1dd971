/** What sets a removal back: it must neither spin nor go on for ever, for a history is bounded. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../activities';
import { parseServiceFile } from '../../domain/service-file';
import type { Plan } from '../../domain/plan';
import { firstPlace, removeFleet, type Removal } from '../../workflows/phases/remove-fleet';

jest.mock('@temporalio/workflow', () => ({
  sleep: async (ms: number) => {
    jest.advanceTimersByTime(ms);
  },
}));

const day = 86_400;
/** A turn is up to forty events, and a history ends at 50,000. */
const turnsOfADay = 300;
let calls: string[];

beforeEach(() => {
  jest.useFakeTimers();
  calls = [];
});
afterEach(() => jest.useRealTimers());

/** Answers every call by its name, at once. */
function answering(answers: Record<string, object>): Activities {
  return new Proxy({} as Activities, {
    get: (_target, name: string) => async () => {
      calls.push(name);
      if (calls.length > 5000) throw new Error('it spins');
      return answers[name];
    },
  });
}

function removal(fleet: 'old' | 'new', answers: Record<string, object>, takeBack?: Removal['takeBack']): Removal {
  const parsed = parseServiceFile({ service: 'web', region: 'eu-west-1', source: { group: 'web-v1' } });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  const activities = answering(answers);
  return {
    fleet,
    service: parsed.service,
    plan: {} as Plan,
    place: firstPlace(),
    write: () => activities,
    watch: (_summary, call) => call(activities),
    tell: () => undefined,
    hadTraffic: true,
    ...(takeBack ? { takeBack } : {}),
    untilMs: Date.now() + day * 1000,
  };
}

const leftToAPerson = { ending: 'needs-attention', repairs: [expect.any(String)] };

test('weight by a rule that is not ours to write ends in what to repair, soon and with few looks', async () => {
  const beganMs = Date.now();
  const still = { kind: 'still-weighted', detail: 'arn:new in route arn:extra-rule' };
  const takeBack = { run: async () => [], upToSeconds: 900 };
  const { ending, repairs } = await removeFleet(removal('new', { leaveRoutes: still }, takeBack));
  expect(ending).toBe('needs-attention');
  expect(repairs).toEqual([expect.stringContaining('arn:extra-rule')]);
  expect(Date.now() - beganMs).toBeLessThan(2 * 900_000);
  expect(calls.length).toBeLessThan(50);
});

test('a fleet that gets weight again just before its servers go leaves the routes again, and goes quiet again', async () => {
  const answers: Record<string, object> = {
    leaveRoutes: { kind: 'left' },
    watchQuiet: { kind: 'quiet' },
    scaleToZero: { kind: 'still-routed', detail: 'old still gets traffic' },
    watchUnweighted: { kind: 'unweighted' },
    watchGone: { kind: 'gone' },
    retireFleet: { ending: 'deleted' },
  };
  const going = removal('old', answers);
  const watch = going.watch;
  going.watch = (summary, call) => {
    answers['scaleToZero'] = { kind: 'scaled' };
    return watch(summary, call);
  };
  going.place.stage = 'empty';
  expect(await removeFleet(going)).toEqual({ ending: 'deleted', repairs: [] });
  expect(calls).toEqual([
    ...['scaleToZero', 'watchUnweighted', 'leaveRoutes', 'watchQuiet', 'scaleToZero', 'watchGone', 'retireFleet'],
  ]);
});

test('a fleet that something revives again and again is let go with pauses, until a person is asked', async () => {
  const answers = {
    leaveRoutes: { kind: 'left' },
    watchQuiet: { kind: 'quiet' },
    scaleToZero: { kind: 'scaled' },
    watchGone: { kind: 'revived', detail: 'web-v1 wants 4 servers again' },
  };
  expect(await removeFleet(removal('old', answers))).toEqual(leftToAPerson);
  expect(calls.filter((name) => name === 'watchGone').length).toBeLessThan(turnsOfADay);
});

test('a write that AWS refuses is told and tried again, and what comes between tries has its turn', async () => {
  const answers = {
    leaveRoutes: { kind: 'left' },
    watchQuiet: { kind: 'quiet' },
    scaleToZero: { kind: 'scaled' },
    watchGone: { kind: 'gone' },
    retireFleet: { ending: 'deleted' },
  };
  const going = removal('old', answers);
  const told: string[] = [];
  let refusals = 3;
  const write = going.write;
  Object.assign(going, {
    tell: (text: string) => told.push(text),
    write: (summary: string, limitSeconds: number) => {
      expect(limitSeconds).toBe(going.service.limits.readBackSeconds);
      if (!summary.startsWith('let the servers') || refusals-- <= 0) return write(summary);
      const refusal = ApplicationFailure.create({ message: 'AccessDenied: UpdateAutoScalingGroup', type: 'denied' });
      const failure = new ActivityFailure('failed', 'scaleToZero', '1', 'TIMEOUT', 'worker', refusal);
      return { scaleToZero: () => Promise.reject(failure) };
    },
    between: async () => void calls.push('between'),
  });
  going.place.stage = 'empty';
  expect(await removeFleet(going)).toEqual({ ending: 'deleted', repairs: [] });
  expect(told).toEqual(Array(3).fill('not done yet: AccessDenied: UpdateAutoScalingGroup'));
  expect(calls.filter((call) => call === 'between').length).toBeGreaterThanOrEqual(3);
});
