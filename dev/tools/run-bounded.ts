import { join } from 'node:path';
import { Child } from '../processes/child';
import type { Log } from './source';

export interface BoundedRun {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Working directory and place of the log. */
  directory: string;
  limitSeconds: number;
  log: Log;
}

const aliveEveryMs = 15_000;

/** Runs a command to its end or its limit, saying about every 15 s that it is alive; answers how it ended. */
export async function runBounded(run: BoundedRun): Promise<{ kind: 'done' } | { kind: 'failed'; answer: string }> {
  const { name, log, limitSeconds } = run;
  const startedAtMs = Date.now();
  let child: Child;
  try {
    child = await Child.start({ ...run, cwd: run.directory, logPath: join(run.directory, 'log') });
  } catch (error) {
    return { kind: 'failed', answer: error instanceof Error ? error.message : String(error) };
  }
  const alive = setInterval(() => {
    log(`${name}: still at it after ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
  }, aliveEveryMs);
  const limit = setTimeout(() => void child.stop(0), limitSeconds * 1000);
  const ending = await child.ended;
  clearInterval(alive);
  clearTimeout(limit);
  if (ending === 'code 0') return { kind: 'done' };
  const late = Date.now() - startedAtMs >= limitSeconds * 1000 ? `, stopped after its limit of ${limitSeconds} s` : '';
  return { kind: 'failed', answer: `ended with ${ending}${late}: ${child.lastLines(5) || '(no output)'}` };
}
