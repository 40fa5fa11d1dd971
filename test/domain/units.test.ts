import fc from 'fast-check';
import {
  durationSeconds,
  formatSeconds,
  parseDurationSeconds,
  parsePercentFraction,
  percentFraction,
  wholePercent,
} from '../../domain/units';

test.each([
  ['250ms', 0.25],
  ['30s', 30],
  ['5m', 300],
  ['1.5h', 5400],
  ['2d', 172_800],
  [' 90s ', 90],
  ['1.1m', 66],
])('%p is %d seconds', (text, seconds) => {
  expect(parseDurationSeconds(text)).toBe(seconds);
});

test.each(['', '5', 'm', '-5m', '5 m', '1m30s', '5min', '1e3s', '٣s'])('%p is no duration', (text) => {
  expect(parseDurationSeconds(text)).toBeUndefined();
});

test('a duration is never off by the rounding of a double', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom('s', 'm', 'h'), (hundredths, unit) => {
      const seconds = parseDurationSeconds(`${(hundredths / 100).toFixed(2)}${unit}`)!;
      expect(Number.isSafeInteger(Math.round(seconds * 1000))).toBe(true);
      expect(seconds).toBe(Math.round(seconds * 1000) / 1000);
    }),
  );
});

test.each([
  ['0.1%', 0.001],
  ['5%', 0.05],
  ['100%', 1],
  [' 2.5% ', 0.025],
])('%p is the fraction %d', (text, fraction) => {
  expect(parsePercentFraction(text)).toBe(fraction);
});

test.each(['', '5', '%', '-5%', '5 %', 'five%'])('%p is no share', (text) => {
  expect(parsePercentFraction(text)).toBeUndefined();
});

test('bounds belong to what is allowed, and a message says them and what was found', () => {
  const field = durationSeconds({ min: 1, max: 3600 });
  expect(field.parse('1s')).toBe(1);
  expect(field.parse('1h')).toBe(3600);
  expect(field.safeParse('61m').error?.issues[0]?.message).toBe('expected a duration from 1s to 1h, found "61m"');
  expect(field.safeParse(60).error?.issues[0]?.message).toBe('expected a duration such as 30s, 5m or 2h, found 60');
  expect(field.safeParse(undefined).error?.issues[0]?.message).toMatch(/^is missing: expected a duration/);
  const share = percentFraction({ minPercent: 0.1, maxPercent: 50 });
  expect(share.parse('0.1%')).toBe(0.001);
  expect(share.parse('50%')).toBe(0.5);
  expect(share.safeParse('0.05%').error?.issues[0]?.message).toBe('expected a share from 0.1% to 50%, found "0.05%"');
});

test('a whole share is exactly the number that was written', () => {
  const field = wholePercent({ minPercent: 1, maxPercent: 50 });
  for (let percent = 1; percent <= 50; percent += 1) expect(field.parse(`${percent}%`)).toBe(percent);
  for (const text of ['0%', '51%', '2.5%', '5', 'all']) {
    expect(field.safeParse(text).error?.issues[0]?.message).toBe(
      `expected a whole share from 1% to 50%, found "${text}"`,
    );
  }
});

test.each([
  [0, '0s'],
  [-3, '0s'],
  [0.25, '250ms'],
  [0.9999, '1s'],
  [59.7, '1m'],
  [90, '1m 30s'],
  [86_400, '1d'],
  [90_061, '1d 1h'],
])('%d seconds are shown as %p', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test('a duration written with one unit is shown as one that is read as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 23 }), fc.constantFrom('s', 'm', 'h'), (count, unit) => {
      expect(formatSeconds(parseDurationSeconds(`${count}${unit}`)!)).toBe(`${count}${unit}`);
    }),
  );
});
