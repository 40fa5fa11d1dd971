/** A PATH and a cache of the test's own, with executables that only look like `temporal` and `go`. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeTools {
  root: string;
  /** The only directory on PATH, so that a `temporal` of this machine is not met. */
  bin: string;
  /** Where the binary belongs in the cache. */
  cached: string;
  environment: NodeJS.ProcessEnv;
  /** What the fake `go` wrote about its runs, one line each. */
  goRuns(): string[];
  cacheContent(): string[];
  write(path: string, script: string): string;
  remove(): void;
}

export const goodTemporal = '#!/bin/sh\necho "temporal version 9.9.9"\n';
export const brokenTemporal = '#!/bin/sh\necho "cannot execute" >&2\nexit 3\n';

/** Notes its run, waits until the file `go-may-finish` exists, then installs a usable binary into GOBIN. */
export function fakeGo(root: string): string {
  return [
    '#!/bin/sh',
    `echo "$$ CGO_ENABLED=$CGO_ENABLED $*" >> ${root}/go-runs`,
    `while [ ! -e ${root}/go-may-finish ]; do`,
    '  printf half > "$GOBIN/temporal"',
    '  sleep 0.05',
    'done',
    `printf '%s' '${goodTemporal}' > "$GOBIN/temporal"`,
    'chmod +x "$GOBIN/temporal"',
  ].join('\n');
}

export function makeFakeTools(): FakeTools {
  const root = mkdtempSync(join(tmpdir(), 'fleetshift-tools-'));
  const bin = join(root, 'bin');
  const cache = join(root, 'cache', 'fleetshift', 'temporal', 'v1.5.1');
  mkdirSync(bin);
  for (const tool of ['sh', 'sleep', 'chmod']) symlinkSync(join('/bin', tool), join(bin, tool));
  return {
    root,
    bin,
    cached: join(cache, 'temporal'),
    environment: {
      PATH: bin,
      HOME: root,
      XDG_CACHE_HOME: join(root, 'cache'),
    },
    goRuns: () => linesOf(join(root, 'go-runs')),
    cacheContent: () => (existsSync(cache) ? readdirSync(cache).sort() : []),
    write: (path, script) => {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, script);
      chmodSync(path, 0o755);
      return path;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}
