import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../dev/processes/lock';
import { compiled, projectRoot } from '../../dev/project';

/** Compiles to dist/ what tests start as child processes; two runs of the tests at once take turns. */
export async function build(log: (line: string) => void): Promise<void> {
  await withLock({ path: join(projectRoot, 'dist', '.build-lock') }, async () => {
    compile(log);
    bundleWorkflows();
  });
}

function compile(log: (line: string) => void): void {
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = node(compiler, '-p', join(projectRoot, 'tsconfig.json'));
  // A type error is the business of `npm run types`, and the compiler emits in spite of it; the tests of all else go on.
  if (run.status !== 0) log(`the build has errors; tests that start processes may meet them:\n${run.output}`);
}

function bundleWorkflows(): void {
  const bundler = compiled('worker/bundle-workflows.js');
  if (!existsSync(bundler)) return;
  const run = node(bundler);
  if (run.status !== 0) throw new Error(`cannot bundle the workflows (${bundler}):\n${run.output}`);
}

function node(...args: string[]): { status: number | null; output: string } {
  const run = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8' });
  return { status: run.status, output: `${run.stdout}${run.stderr}`.trim() };
}
