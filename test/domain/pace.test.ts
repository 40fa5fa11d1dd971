import { pauseSeconds, setbackPauseSeconds } from '../../domain/pace';

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

test('what is undone again and again is tried about a hundred and fifty times a day, and soon at first', () => {
  expect(setbackPauseSeconds({ setbacks: 1, pollSeconds: 10 })).toBe(10);
  let tries = 0;
  for (let waited = 0; waited < 86_400; tries++)
    waited += setbackPauseSeconds({ setbacks: tries + 1, pollSeconds: 10 });
  expect(tries).toBeLessThan(160);
  expect(setbackPauseSeconds({ setbacks: 1e6, pollSeconds: 10 })).toBe(600);
});
