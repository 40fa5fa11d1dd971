/** Finding, or getting, the `temporal` binary that runs the local server. Nothing is written outside the cache. */
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { withLock } from '../processes/lock';
import { checkCli, temporalVersion } from './cli-check';
import { goInstall } from './go-install';
import { sdkDownload } from './sdk-download';
import type { BuildSource, Log, SourceAnswer } from './source';

export interface EnsureOptions {
  /** Gets one line now and then when something takes long. */
  log: Log;
  environment?: NodeJS.ProcessEnv;
  /** What may make a binary when none is there, in the order of trying; the SDK's download, then `go install`. */
  builders?: Record<string, BuildSource>;
}

const variable = 'FLEETSHIFT_TEMPORAL_CLI';

/**
 * Path of a usable `temporal` binary: the one named by FLEETSHIFT_TEMPORAL_CLI, the one on PATH, the one in the cache
 * (`$XDG_CACHE_HOME` or `~/.cache`, `fleetshift/temporal/<version>/temporal`), or one that is downloaded or built into
 * the cache now. Several processes at once make one binary: one works, the others wait. An interrupted run leaves
 * nothing that a later one could take for a binary.
 * @throws Error that lists every place tried with its answer, and the remedy
 */
export async function ensureTemporalCli(options: EnsureOptions): Promise<string> {
  const environment = options.environment ?? process.env;
  const named = environment[variable];
  if (named !== undefined && named !== '') return await mustBeUsable(named);

  const onPath = await firstOnPath(environment);
  if (onPath.kind === 'found') return onPath.path;
  const cacheDirectory = join(cacheHome(environment), 'fleetshift', 'temporal', temporalVersion);
  const cached = await asAnswer(join(cacheDirectory, 'temporal'));
  if (cached.kind === 'found') return cached.path;

  const tried = { [variable]: 'not set', 'temporal on PATH': onPath.answer };
  return await withLock(
    {
      path: join(cacheDirectory, 'lock'),
      onWait: (ownerPid) =>
        options.log(`process ${ownerPid ?? 'unknown'} is getting temporal ${temporalVersion}; waiting`),
    },
    () => buildIntoCache({ cacheDirectory, tried, options: { ...options, environment } }),
  );
}

interface BuildTask {
  cacheDirectory: string;
  /** Places that had none, with their answers. */
  tried: Record<string, string>;
  options: EnsureOptions & { environment: NodeJS.ProcessEnv };
}

/** Must hold the lock. */
async function buildIntoCache({ cacheDirectory, tried, options }: BuildTask): Promise<string> {
  const target = join(cacheDirectory, 'temporal');
  const cached = await asAnswer(target);
  if (cached.kind === 'found') return cached.path;
  await removeLeftovers(cacheDirectory);

  const answers: Record<string, string> = { ...tried, [`the cache, ${target}`]: cached.answer };
  const builders = options.builders ?? { "the SDK's download": sdkDownload, 'go install': goInstall };
  for (const [name, build] of Object.entries(builders)) {
    const directory = await mkdtemp(join(cacheDirectory, buildPrefix));
    try {
      const built = await checked(await build({ directory, environment: options.environment, log: options.log }));
      if (built.kind === 'found') {
        await chmod(built.path, 0o755);
        await rename(built.path, target);
        return target;
      }
      answers[name] = built.answer;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  throw new Error(nothingWorked(answers));
}

const buildPrefix = 'building-';

/** What a killed process had begun: the holder of the lock is the only one who builds. */
async function removeLeftovers(cacheDirectory: string): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true });
  const leftovers = (await readdir(cacheDirectory)).filter((name) => name.startsWith(buildPrefix));
  for (const name of leftovers) await rm(join(cacheDirectory, name), { recursive: true, force: true });
}

async function mustBeUsable(path: string): Promise<string> {
  const check = await checkCli(path);
  if (check.kind === 'usable') return path;
  throw new Error(
    `${variable} names ${path}, which is not usable: ${check.answer}\n` +
      `Correct the variable, or unset it to have temporal found or built.`,
  );
}

async function firstOnPath(environment: NodeJS.ProcessEnv): Promise<SourceAnswer> {
  const directories = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  const answers: string[] = [];
  for (const directory of directories) {
    const answer = await asAnswer(join(directory, 'temporal'));
    if (answer.kind === 'found') return answer;
    if (answer.answer !== absent) answers.push(answer.answer);
  }
  return { kind: 'missing', answer: answers.join('; ') || `not in any of ${directories.length} directories` };
}

const absent = 'no such file';

async function asAnswer(path: string): Promise<SourceAnswer> {
  const check = await checkCli(path);
  if (check.kind === 'usable') return { kind: 'found', path };
  return { kind: 'missing', answer: check.answer.includes('ENOENT') ? absent : check.answer };
}

async function checked(built: SourceAnswer): Promise<SourceAnswer> {
  return built.kind === 'found' ? await asAnswer(built.path) : built;
}

function cacheHome(environment: NodeJS.ProcessEnv): string {
  const configured = environment['XDG_CACHE_HOME'];
  return configured !== undefined && configured !== '' ? configured : join(environment['HOME'] ?? homedir(), '.cache');
}

function nothingWorked(answers: Record<string, string>): string {
  const lines = Object.entries(answers).map(([place, answer]) => `  ${place}: ${answer.replaceAll('\n', '\n    ')}`);
  return [
    `No usable temporal binary. Tried, in this order:`,
    ...lines,
    `Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.25 or newer, or set ${variable} to a binary that you have, and run this again.`,
  ].join('\n');
}
