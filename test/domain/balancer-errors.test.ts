import { foldBalancerErrors, judgeBalancerErrors, noBalancerErrors } from '../../domain/judge/balancer-errors';
import { decideStretch } from '../../domain/judge/decide-stretch';
import { foldStretch } from '../../domain/judge/fold-stretch';
import type { PeriodSums } from '../../domain/judge/rows';
import { openStretch } from '../../domain/judge/stretch';
import { guardSettings, minute, stretchAt } from './stretch-support';

interface Minute {
  newRequests: number;
  newAnswered: number;
  oldRequests: number;
  oldAnswered: number;
  balancerErrors: number;
}

function sums(startMs: number, counts: Minute): PeriodSums {
  return {
    startMs,
    newFleet: [{ requestCount: counts.newRequests, target2xx: counts.newAnswered }],
    oldFleet: [{ requestCount: counts.oldRequests, target2xx: counts.oldAnswered }],
    balancerErrors: counts.balancerErrors,
  };
}

function verdictOf(minutes: Minute[], balancerErrorRate = 0) {
  const tally = minutes.reduce(
    (folded, one, index) =>
      foldBalancerErrors(folded, sums(index * minute, one), {
        newFleet: { requests: one.newRequests, errors: 0 },
        oldFleet: { requests: one.oldRequests, errors: 0 },
      }),
    noBalancerErrors,
  );
  return judgeBalancerErrors(tally, { ...guardSettings, balancerErrorRate }).kind;
}

const fine: Minute = { newRequests: 100, newAnswered: 100, oldRequests: 900, oldAnswered: 900, balancerErrors: 0 };
const newHangs: Minute = { ...fine, newAnswered: 40, balancerErrors: 60 };

test('a new version that leaves requests unanswered is to blame, once two rows agree', () => {
  expect(verdictOf([newHangs])).toBe('excess');
  expect(verdictOf([newHangs, newHangs])).toBe('explained-by-new');
});

test("errors without an owner, or old's own, hold and convict nobody", () => {
  const ownerless = { ...fine, balancerErrors: 60 };
  expect(verdictOf([ownerless, ownerless])).toBe('excess');
  const oldHangs = { ...fine, oldAnswered: 840, balancerErrors: 60 };
  expect(verdictOf([oldHangs, oldHangs])).toBe('excess');
  const bothHang = { ...fine, newAnswered: 90, oldAnswered: 810, balancerErrors: 100 };
  expect(verdictOf([bothHang, bothHang])).toBe('excess');
});

test('the rate from before the shift is no excess', () => {
  const usual = { ...fine, oldAnswered: 891, newAnswered: 99, balancerErrors: 10 };
  expect(verdictOf([usual, usual, usual], 0.01)).toBe('fine');
  expect(verdictOf([usual, usual, usual], 0)).toBe('excess');
});

test('answers that fall into the next period are no unanswered requests over a stretch', () => {
  const late = { ...fine, newAnswered: 90 };
  const caughtUp = { ...fine, newAnswered: 110 };
  expect(verdictOf([late, caughtUp])).toBe('fine');
});

test('a guard convicts a version that answers nothing although it has no 5xx of its own', () => {
  const state = openStretch(null, stretchAt(0, 10), guardSettings);
  const nowMs = 8 * minute;
  const periods = Array.from({ length: 6 }, (_, index) => sums((index + 1) * minute, newHangs));
  const decision = decideStretch(foldStretch(state, periods, guardSettings, nowMs), guardSettings, nowMs);
  expect(decision).toMatchObject({
    kind: 'harmful',
    sentence: expect.stringContaining('leaves requests unanswered') as string,
  });
});
