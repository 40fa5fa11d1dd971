/** A child process with its own log file and process group, which never outlives this process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../wait-until';
import { keep, release } from './keeper';

export interface ChildOptions {
  /** For people, in messages: `worker`, `Temporal server`. */
  name: string;
  command: string;
  args: string[];
  /** The complete environment of the child. */
  env: NodeJS.ProcessEnv;
  /** Standard output and error go there; appended to when it exists. */
  logPath: string;
  cwd?: string;
  /** Opens a message channel (`process.send`) between the two. */
  messages?: boolean;
}

/**
 * Holds a new process back until the keeper knows of it: were we killed between its birth and that moment, it would live
 * on. Without us `read` finds the end of its input, and nothing is started.
 */
const gate = 'read -r _ && exec "$@"';

/** @throws Error when there is no such executable; behind the gate only the log would tell */
function mustBeExecutable({ name, command, env }: ChildOptions): void {
  const places = command.includes('/')
    ? [command]
    : (env['PATH'] ?? '').split(delimiter).map((one) => join(one, command));
  if (places.some(isExecutable)) return;
  throw new Error(
    `cannot start ${name} (${command}): ENOENT, no such executable${command.includes('/') ? '' : ' on PATH'}`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class Child {
  readonly name: string;
  readonly logPath: string;
  readonly pid: number;
  /** Resolves when the process is gone, with how it ended: `code 1` or `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** How it ended; undefined while it runs. */
  ending: string | undefined;

  private constructor(
    { name, logPath }: ChildOptions,
    readonly process: ChildProcess,
    pid: number,
  ) {
    this.name = name;
    this.logPath = logPath;
    this.pid = pid;
    this.ended = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        this.ending = signal === null ? `code ${code ?? 'unknown'}` : `signal ${signal}`;
        release(pid);
        resolve(this.ending);
      });
    });
  }

  /** @throws Error when the command cannot be started at all */
  static async start(options: ChildOptions): Promise<Child> {
    mustBeExecutable(options);
    const log = openSync(options.logPath, 'a');
    try {
      const started = spawn('/bin/sh', ['-c', gate, 'sh', options.command, ...options.args], {
        env: options.env,
        detached: true,
        stdio: options.messages === true ? ['pipe', log, log, 'ipc'] : ['pipe', log, log],
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      });
      return await new Promise<Child>((resolve, reject) => {
        started.once('error', (error) =>
          reject(new Error(`cannot start ${options.name} (${options.command}): ${error.message}`)),
        );
        if (started.pid === undefined) return;
        keep(started.pid);
        started.stdin?.on('error', () => {
          // It ended before it was let go: its ending tells.
        });
        started.stdin?.end('\n');
        resolve(new Child(options, started, started.pid));
      });
    } finally {
      closeSync(log);
    }
  }

  /** Sends a signal to the process alone, or does nothing when it is gone. */
  signal(signal: NodeJS.Signals): void {
    if (this.ending === undefined) this.process.kill(signal);
  }

  /** Asks the process to end; after the grace, kills it and whatever it started and left behind. */
  async stop(graceMs = 5000): Promise<void> {
    this.signal('SIGTERM');
    await Promise.race([this.ended, sleep(graceMs, undefined, { ref: false })]);
    this.killGroup();
    await this.ended;
  }

  private killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Nobody left in the group: what was wanted.
    }
  }

  lastLines(count: number): string {
    return readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  }

  /**
   * Waits for the child to do its work.
   * @throws Error with the child's last log lines when it ends before, or when the deadline passes
   */
  async untilReady<T>(
    what: string,
    look: () => T | Promise<T>,
    deadlineMs: number,
    until: (seen: T) => boolean = Boolean,
  ): Promise<T> {
    const over = new AbortController();
    const abandoned = this.ended.then((ending) => {
      throw new Error(`${this.name} ended with ${ending} before ${what}`);
    });
    try {
      return await Promise.race([
        waitUntil(what, look, { deadlineMs, until, everyMs: 100, signal: over.signal }),
        abandoned,
      ]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.name}: ${message}\nIts log, ${this.logPath}, ends with:\n${this.lastLines(20)}`, {
        cause: error,
      });
    } finally {
      over.abort();
    }
  }
}
