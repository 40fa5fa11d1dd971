import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type BinaryCheck = { kind: 'usable' } | { kind: 'unusable'; answer: string };

/** A binary is usable when it answers `--version`. */
export async function checkBinary(path: string): Promise<BinaryCheck> {
  try {
    await run(path, ['--version'], { timeout: 30_000, killSignal: 'SIGKILL' });
    return { kind: 'usable' };
  } catch (error) {
    const answer = error instanceof Error ? error.message : String(error);
    return { kind: 'unusable', answer: `\`${path} --version\` failed: ${answer.trim()}` };
  }
}
