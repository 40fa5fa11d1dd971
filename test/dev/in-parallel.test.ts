import { inParallel } from '../../dev/in-parallel';

test('so many run at a time, and the answers are in the order of the items', async () => {
  let running = 0;
  let most = 0;
  const answers = await inParallel([3, 1, 2, 0], 2, async (turns) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    running--;
    return turns * 10;
  });
  expect(answers).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

test('after an error nothing more begins, and it is told when the others have ended', async () => {
  const begun: string[] = [];
  const ended: string[] = [];
  const run = inParallel(['bad', 'slow', 'never'], 2, async (name) => {
    begun.push(name);
    if (name === 'bad') throw new Error('bad');
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    ended.push(name);
  });
  await expect(run).rejects.toThrow('bad');
  expect({ begun, ended }).toEqual({ begun: ['bad', 'slow'], ended: ['slow'] });
});
