import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Goal, ScaleReport } from '../../dev/bench/report';
import { compiled } from '../../dev/project';

async function runBench(...args: string[]): Promise<{ code: number | null; output: string; said: string }> {
  const bench = spawn(process.execPath, [compiled('dev/bench/scale.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => bench.once('exit', resolve));
  const [output, said, code] = await Promise.all([text(bench.stdout), text(bench.stderr), ended]);
  return { code, output, said };
}

test('the scale bench brings its deployments to life, measures them, and ends them all right', async () => {
  const { code, output, said } = await runBench('--live', '5', '--quick', '--json');
  expect([code, code === 0 ? '' : said]).toEqual([0, '']);
  const { levels, outcomes, wrongEndings, goals } = JSON.parse(output) as ScaleReport & { goals: Goal[] };
  expect(levels.map(({ live }) => live)).toEqual([1, 5]);
  expect(levels.every(({ worker, calls }) => worker.residentMb > 0 && Object.keys(calls).length > 0)).toBe(true);
  expect({ outcomes, wrongEndings }).toEqual({ outcomes: { succeeded: 4, aborted: 1 }, wrongEndings: 0 });
  expect(goals).toContainEqual({ name: 'wrong endings', bound: '0', value: 0, holds: true });
}, 180_000);

test('a number that makes no sense is refused before anything starts', async () => {
  const { code, said } = await runBench('--live', 'many');
  expect([code, said]).toEqual([1, expect.stringContaining('--live must be a whole number from 1 to 5000')]);
});
