import { basename, join } from 'node:path';
import { runBounded } from './run-bounded';
import type { BuildSource } from './source';

export interface GoPackage {
  package: string;
  version: string;
  /** How long it takes on two cores, in words. */
  minutes: string;
}

/** Builds a pinned version from source with the Go tool chain; once per machine. */
export function goInstall({ package: goPackage, version, minutes }: GoPackage): BuildSource {
  return async ({ directory, environment, log }) => {
    const name = `go install ${goPackage} ${version}`;
    log(`${name}: building from source, about ${minutes} minutes, once per machine`);
    const run = await runBounded({
      name,
      command: 'go',
      args: ['install', `${goPackage}@${version}`],
      env: { ...environment, CGO_ENABLED: '0', GOBIN: directory },
      directory,
      limitSeconds: 30 * 60,
      log,
    });
    return run.kind === 'done'
      ? { kind: 'found', path: join(directory, basename(goPackage)) }
      : { kind: 'missing', answer: run.answer };
  };
}
