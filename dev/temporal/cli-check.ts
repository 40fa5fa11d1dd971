import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned: the newest version that `go install` builds, and new enough for everything the workflows use. */
export const temporalVersion = 'v1.5.1';

export type CliCheck = { kind: 'usable' } | { kind: 'unusable'; answer: string };

/** A binary is usable when it answers `--version`. */
export async function checkCli(path: string): Promise<CliCheck> {
  try {
    await run(path, ['--version'], { timeout: 30_000, killSignal: 'SIGKILL' });
    return { kind: 'usable' };
  } catch (error) {
    const answer = error instanceof Error ? error.message : String(error);
    return { kind: 'unusable', answer: `\`${path} --version\` failed: ${answer.trim()}` };
  }
}
