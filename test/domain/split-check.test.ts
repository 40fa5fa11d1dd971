import fc from 'fast-check';
import { checkSplit } from '../../domain/judge/split-check';
import { binomial, seededRandom } from './judge-support';

const isMismatch = (newPercent: number, newRequests: number, oldRequests: number) =>
  checkSplit({ newPercent, newRequests, oldRequests }).kind === 'mismatch';

test.each([
  [5, 0, 1000],
  [50, 0, 60],
  [50, 200, 800],
  [1, 100, 900],
  [98, 5000, 5000],
  [98, 3000, 0],
  [100, 900, 100],
])('at %d %% new, %d requests of new and %d of old do not fit', (newPercent, newRequests, oldRequests) => {
  expect(checkSplit({ newPercent, newRequests, oldRequests })).toMatchObject({
    kind: 'mismatch',
    detail: expect.stringContaining(`its weight is ${newPercent} %`) as string,
  });
});

test.each([
  [5, 0, 0],
  [5, 0, 100],
  [50, 8, 2],
  [25, 800_000, 3_200_000],
  [98, 300, 0],
  [100, 100_000, 20],
])('at %d %% new, %d requests of new and %d of old fit', (newPercent, newRequests, oldRequests) => {
  expect(isMismatch(newPercent, newRequests, oldRequests)).toBe(false);
});

test('any number of requests in exactly the share written is in line', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.nat(1_000_000), (newPercent, hundreds) => {
      expect(isMismatch(newPercent, newPercent * hundreds, (100 - newPercent) * hundreds)).toBe(false);
    }),
  );
});

test('random routing by the weight is never called a mismatch, though one looks after every row', () => {
  const random = seededRandom(11);
  for (let run = 0; run < 300; run += 1) {
    const newPercent = 1 + Math.floor(random() * 99);
    const perRow = 10 + Math.floor(random() * 500);
    let newRequests = 0;
    for (let rows = 1; rows <= 40; rows += 1) {
      newRequests += binomial(random, perRow, newPercent / 100);
      expect(isMismatch(newPercent, newRequests, rows * perRow - newRequests)).toBe(false);
    }
  }
});
