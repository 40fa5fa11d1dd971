/**
 * One process at a time, across processes of one machine, on any local file system.
 *
 * The lock is a directory with one file in it, the owner's. Taking it is the rename of a prepared directory onto the
 * lock's path: the system refuses that while the lock has content and allows it when it is absent or empty, so two can
 * never both succeed. Breaking a dead owner's lock removes exactly that owner's file, so it can never hit a newer owner.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 2000;
/** An owner that has not touched its file for this long is taken for dead, whatever its pid says. */
const staleAfterMs = 30_000;

export interface LockOptions {
  path: string;
  /** Called about once a second while another process holds the lock. */
  onWait?: (ownerPid: number | undefined) => void;
}

/** Runs `work` while holding the lock; waits for it as long as its owner lives. */
export async function withLock<T>({ path, onWait }: LockOptions, work: () => Promise<T>): Promise<T> {
  const ownerFile = await take(path, onWait);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(ownerFile, now, now).catch(() => {
      // Taken away as stale: the work is written so that two at once do no harm.
    });
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await removeOwner(path, ownerFile);
  }
}

async function take(path: string, onWait: LockOptions['onWait']): Promise<string> {
  const owner = `${process.pid}-${randomUUID()}`;
  const candidate = `${path}.${owner}`;
  await mkdir(dirname(path), { recursive: true });
  await mkdir(candidate);
  await writeFile(join(candidate, owner), '');
  try {
    for (let tries = 0; !(await renamed(candidate, path)); tries += 1) {
      const holder = await breakIfStale(path);
      if (holder === undefined) continue;
      if (tries % 10 === 0) onWait?.(holder.pid);
      await sleep(100);
      const now = new Date();
      await utimes(join(candidate, owner), now, now);
    }
    return join(path, owner);
  } catch (error) {
    await rm(candidate, { recursive: true, force: true });
    throw error;
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** The live holder, or undefined when the lock is free now. */
async function breakIfStale(path: string): Promise<{ pid: number } | undefined> {
  const [owner] = await readdir(path).catch(() => []);
  if (owner === undefined) return undefined;
  const ownerFile = join(path, owner);
  const pid = Number.parseInt(owner, 10);
  const touched = await stat(ownerFile).catch(() => undefined);
  if (touched === undefined) return undefined;
  if (isAlive(pid) && Date.now() - touched.mtimeMs < staleAfterMs) return { pid };
  await removeOwner(path, ownerFile);
  return undefined;
}

async function removeOwner(path: string, ownerFile: string): Promise<void> {
  await unlink(ownerFile).catch(ignoreMissing);
  await rmdir(path).catch((error: unknown) => {
    // Somebody else has taken it in between, or removed it.
    if (!isCode(error, 'ENOTEMPTY') && !isCode(error, 'EEXIST')) ignoreMissing(error);
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function ignoreMissing(error: unknown): void {
  if (!isCode(error, 'ENOENT')) throw error;
}

function isCode(error: unknown, code: string): boolean {
  // Not by instanceof: in a test the file system's errors come from another realm.
  return (error as NodeJS.ErrnoException | null)?.code === code;
}
