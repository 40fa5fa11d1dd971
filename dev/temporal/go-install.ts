import { join } from 'node:path';
import { temporalVersion } from './cli-check';
import { runBounded } from './run-bounded';
import type { BuildSource } from './source';

/** Builds the pinned version from source with the Go tool chain: about four minutes on two cores, once per machine. */
export const goInstall: BuildSource = async ({ directory, environment, log }) => {
  const name = `go install temporal ${temporalVersion}`;
  log(`${name}: building from source, about four minutes, once per machine`);
  const run = await runBounded({
    name,
    command: 'go',
    args: ['install', `github.com/temporalio/cli/cmd/temporal@${temporalVersion}`],
    env: { ...environment, CGO_ENABLED: '0', GOBIN: directory },
    directory,
    limitSeconds: 30 * 60,
    log,
  });
  return run.kind === 'done'
    ? { kind: 'found', path: join(directory, 'temporal') }
    : { kind: 'missing', answer: run.answer };
};
