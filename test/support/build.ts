import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../dev/processes/lock';
import { compiled, projectRoot } from '../../dev/project';

/**
 * Compiles to dist/ what tests start as child processes; two runs of the tests at once take turns.
 *
 * Errors are told and do not stop the run: types are the business of `npm run types`, the compiler emits in spite of
 * them, and what a test cannot start fails that test alone.
 */
export async function build(log: (line: string) => void): Promise<void> {
  await withLock({ path: join(projectRoot, 'dist', '.build-lock') }, async () => {
    const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    runNode({ what: 'the build', args: [compiler, '-p', join(projectRoot, 'tsconfig.json')], log });
    const bundler = compiled('worker/bundle-workflows.js');
    if (existsSync(bundler)) runNode({ what: 'bundling the workflows', args: [bundler], log });
  });
}

function runNode({ what, args, log }: { what: string; args: string[]; log: (line: string) => void }): void {
  const run = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8' });
  if (run.status === 0) return;
  log(`${what} failed; tests that start processes may meet that:\n${`${run.stdout}${run.stderr}`.trim()}`);
}
