import { foldHealthyRow, type HealthyState, initialHealthyState, isProvedHealthy } from '../../domain/judge/healthy';
import { binomial, binomialChance, row, seededRandom } from './judge-support';

const fold = (rows: readonly (readonly [number, number, number, number])[]) =>
  rows.reduce((state, counts) => foldHealthyRow(state, row(counts), 1), initialHealthyState());

test('about four hundred requests without an error prove a margin of one percent', () => {
  expect(isProvedHealthy(fold([[300, 0, 5700, 0]]))).toBe(false);
  expect(isProvedHealthy(fold([[450, 0, 5700, 0]]))).toBe(true);
});

test('no traffic, no control, and no rows prove nothing', () => {
  expect(isProvedHealthy(initialHealthyState())).toBe(false);
  expect(isProvedHealthy(fold(Array.from({ length: 100 }, () => [0, 0, 5000, 0])))).toBe(false);
  const withoutControl = fold(Array.from({ length: 100 }, () => [5000, 0, 0, 0]));
  expect(isProvedHealthy(withoutControl)).toBe(false);
  expect(isProvedHealthy(foldHealthyRow(withoutControl, row([450, 0, 5700, 0]), 1))).toBe(true);
  const absent = foldHealthyRow(initialHealthyState(), row([100_000, 0, 0, 0], 'absent-by-plan'), 1);
  expect(isProvedHealthy(absent)).toBe(false);
});

test('errors that old has as well do not stand in the way, errors of new alone do', () => {
  const shared = Array.from({ length: 20 }, () => [1000, 20, 1000, 20] as const);
  expect(isProvedHealthy(fold(shared))).toBe(true);
  const harm = Array.from({ length: 20 }, () => [1000, 40, 1000, 20] as const);
  expect(isProvedHealthy(fold(harm))).toBe(false);
});

test('the state is plain JSON, also after an error has ruled a bet out', () => {
  const state = fold([[100, 1, 1000, 0]]);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  expect(state.logPerBet[0]).toBeNull();
  const stored = JSON.parse(JSON.stringify(state)) as HealthyState;
  expect(foldHealthyRow(stored, row([500, 0, 1000, 0]), 1)).toEqual(
    fold([
      [100, 1, 1000, 0],
      [500, 0, 1000, 0],
    ]),
  );
});

test('the mean of each factor is at most 1 when new is worse by the margin', () => {
  for (const oldRate of [0, 0.01, 0.2]) {
    const means = [0, 0, 0, 0];
    for (let x = 0; x <= 30; x += 1) {
      for (let y = 0; y <= 50; y += 1) {
        const chance = binomialChance(30, x, oldRate + 0.01) * binomialChance(50, y, oldRate);
        fold([[30, x, 50, y]]).logPerBet.forEach(
          (log, index) => (means[index]! += chance * Math.exp(log ?? -Infinity)),
        );
      }
    }
    for (const mean of means) expect(mean).toBeLessThanOrEqual(1 + 1e-9);
  }
});

test('harm of the margin is called healthy in at most one run of twenty, though one looks after every row', () => {
  const random = seededRandom(3);
  let wrong = 0;
  for (let run = 0; run < 1000; run += 1) {
    let state = initialHealthyState();
    for (let at = 0; at < 30; at += 1) {
      const newErrors = binomial(random, 100, 0.012);
      state = foldHealthyRow(state, row([100, newErrors, 900, binomial(random, 900, 0.002)]), 1);
      if (isProvedHealthy(state)) {
        wrong += 1;
        break;
      }
    }
  }
  expect(wrong / 1000).toBeLessThanOrEqual(0.05);
});
