import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../dev/processes/lock';
import { waitUntil } from '../support/wait-until';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetshift-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function lockLeftBy(pid: number): string {
  mkdirSync(path);
  writeFileSync(join(path, `${pid}-left`), '');
  return join(path, `${pid}-left`);
}

/** Larger than any pid that Linux gives out. */
const deadPid = 2 ** 22 + 1;

test('of many at once, never two work', async () => {
  let working = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++working);
    await new Promise((resolve) => setImmediate(resolve));
    working -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock({ path }, work)));
  expect(most).toBe(1);
  expect(readdirSync(directory)).toEqual([]);
});

test('work that fails gives the lock back', async () => {
  await expect(withLock({ path }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock({ path }, async () => 'next')).resolves.toBe('next');
});

test('the lock of a dead process is taken over', async () => {
  lockLeftBy(deadPid);
  await expect(withLock({ path }, async () => 'mine')).resolves.toBe('mine');
});

test('the lock of a process that no longer gives a sign is taken over', async () => {
  const ownerFile = lockLeftBy(process.pid);
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(ownerFile, longAgo, longAgo);
  await expect(withLock({ path }, async () => 'mine')).resolves.toBe('mine');
});

test('the lock of a living process is waited for, and its owner is told', async () => {
  const ownerFile = lockLeftBy(process.pid);
  const owners: (number | undefined)[] = [];
  const locked = withLock({ path, onWait: (pid) => owners.push(pid) }, async () => 'mine');
  await waitUntil('the wait to begin', () => owners.length > 0);
  expect(owners[0]).toBe(process.pid);
  rmSync(ownerFile);
  await expect(locked).resolves.toBe('mine');
});
