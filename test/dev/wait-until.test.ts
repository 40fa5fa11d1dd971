import { waitUntil } from '../support/wait-until';

test('a wait answers what the look saw when the state was reached', async () => {
  let looks = 0;
  expect(await waitUntil('the third look', () => ++looks, { everyMs: 1, until: (seen) => seen === 3 })).toBe(3);
});

test('a wait in vain says what it waited for and what it saw last', async () => {
  const wait = waitUntil('the door to open', () => ({ door: 'closed' }), {
    deadlineMs: 5,
    everyMs: 1,
    until: ({ door }) => door === 'open',
  });
  await expect(wait).rejects.toThrow(/waited 0\.005 s for the door to open.*\{ door: 'closed' \}/);
});

test('a look that throws counts as not yet, and its error is told in the end', async () => {
  const wait = waitUntil('an answer', () => Promise.reject(new Error('nobody home')), { deadlineMs: 5, everyMs: 1 });
  await expect(wait).rejects.toThrow('an error: nobody home');
});
