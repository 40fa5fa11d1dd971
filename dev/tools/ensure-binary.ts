/** Finding, or getting, a binary that development and tests need. Nothing is written outside the cache. */
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { withLock } from '../processes/lock';
import { checkBinary } from './binary-check';
import type { BuildSource, Log, SourceAnswer } from './source';

/** Which binary is wanted, and where it may come from. */
export interface WantedBinary {
  /** As it is called on PATH and in the cache. */
  name: string;
  version: string;
  /** The variable of the environment that may name one. */
  variable: string;
  /** What may make one when none is there, in the order of trying. */
  builders: Record<string, BuildSource>;
  /** What a person can do when nothing worked; completes the error. */
  remedy: string;
}

export interface EnsureOptions {
  /** Gets one line now and then when something takes long. */
  log: Log;
  environment?: NodeJS.ProcessEnv;
}

/**
 * Path of a usable binary: the one named by its variable, the one on PATH, the one in the cache (`$XDG_CACHE_HOME` or
 * `~/.cache`, `fleetshift/<name>/<version>/<name>`), or one that is downloaded or built into the cache now. Several
 * processes at once make one binary: one works, the others wait. An interrupted run leaves nothing that a later one
 * could take for a binary.
 * @throws Error that lists every place tried with its answer, and the remedy
 */
export async function ensureBinary(wanted: WantedBinary, options: EnsureOptions): Promise<string> {
  const { name, version, variable } = wanted;
  const environment = options.environment ?? process.env;
  const named = environment[variable];
  if (named !== undefined && named !== '') return await mustBeUsable(wanted, named);

  const onPath = await firstOnPath(name, environment);
  if (onPath.kind === 'found') return onPath.path;
  const cacheDirectory = join(cacheHome(environment), 'fleetshift', name, version);
  const cached = await asAnswer(join(cacheDirectory, name));
  if (cached.kind === 'found') return cached.path;

  const tried = { [variable]: 'not set', [`${name} on PATH`]: onPath.answer };
  return await withLock(
    {
      path: join(cacheDirectory, 'lock'),
      onWait: (ownerPid) => options.log(`process ${ownerPid ?? 'unknown'} is getting ${name} ${version}; waiting`),
    },
    () => buildIntoCache({ wanted, cacheDirectory, tried, environment, log: options.log }),
  );
}

interface BuildTask {
  wanted: WantedBinary;
  cacheDirectory: string;
  /** Places that had none, with their answers. */
  tried: Record<string, string>;
  environment: NodeJS.ProcessEnv;
  log: Log;
}

/** Must hold the lock. */
async function buildIntoCache({ wanted, cacheDirectory, tried, environment, log }: BuildTask): Promise<string> {
  const target = join(cacheDirectory, wanted.name);
  const cached = await asAnswer(target);
  if (cached.kind === 'found') return cached.path;
  await removeLeftovers(cacheDirectory);

  const answers: Record<string, string> = { ...tried, [`the cache, ${target}`]: cached.answer };
  for (const [name, build] of Object.entries(wanted.builders)) {
    const directory = await mkdtemp(join(cacheDirectory, buildPrefix));
    try {
      const built = await checked(await build({ directory, cacheDirectory, environment, log }));
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
  throw new Error(nothingWorked(wanted, answers));
}

const buildPrefix = 'building-';

/** What a killed process had begun: the holder of the lock is the only one who builds. */
async function removeLeftovers(cacheDirectory: string): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true });
  const leftovers = (await readdir(cacheDirectory)).filter((name) => name.startsWith(buildPrefix));
  for (const name of leftovers) await rm(join(cacheDirectory, name), { recursive: true, force: true });
}

async function mustBeUsable({ name, variable }: WantedBinary, path: string): Promise<string> {
  const check = await checkBinary(path);
  if (check.kind === 'usable') return path;
  throw new Error(
    `${variable} names ${path}, which is not usable: ${check.answer}\n` +
      `Correct the variable, or unset it to have ${name} found or built.`,
  );
}

async function firstOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<SourceAnswer> {
  const directories = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  const answers: string[] = [];
  for (const directory of directories) {
    const answer = await asAnswer(join(directory, name));
    if (answer.kind === 'found') return answer;
    if (answer.answer !== absent) answers.push(answer.answer);
  }
  return { kind: 'missing', answer: answers.join('; ') || `not in any of ${directories.length} directories` };
}

const absent = 'no such file';

async function asAnswer(path: string): Promise<SourceAnswer> {
  const check = await checkBinary(path);
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

function nothingWorked({ name, remedy }: WantedBinary, answers: Record<string, string>): string {
  const lines = Object.entries(answers).map(([place, answer]) => `  ${place}: ${answer.replaceAll('\n', '\n    ')}`);
  return [`No usable ${name} binary. Tried, in this order:`, ...lines, remedy].join('\n');
}
