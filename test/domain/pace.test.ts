import { pauseSeconds } from '../../domain/pace';

/** Looks that a wait costs, each at once after its pause. */
function looksIn(seconds: number, pollSeconds: number): number {
  let looks = 0;
  for (let waited = 0; waited < seconds; looks++) waited += pauseSeconds({ waitedMs: waited * 1000, pollSeconds });
  return looks;
}

test('a wait of a day costs few looks, and one of minutes is not slowed down', () => {
  // Each look is at most a timer and two activities: 17 events of the 2,000 that a day may cost.
  expect(looksIn(86_400, 10)).toBeLessThan(115);
  expect(looksIn(100, 10)).toBe(10);
});
