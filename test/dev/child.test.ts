import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../dev/processes/child';
import { waitUntil } from '../support/wait-until';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'fleetshift-child-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const shell = (script: string) =>
  Child.start({
    name: 'helper',
    command: 'sh',
    args: ['-c', script],
    env: process.env,
    logPath: join(directory, 'helper.log'),
  });

test('a child that ends before it is ready is told at once, with its last words', async () => {
  const child = await shell('echo "port taken" >&2; exit 7');
  const ready = child.untilReady('it to answer', () => false, 600_000);
  await expect(ready).rejects.toThrow(/helper ended with code 7 before it to answer.*port taken/s);
});

test('a child that ignores the request to end is killed, with what it has started', async () => {
  const child = await shell('trap "" TERM; sleep 600 & echo $!; while :; do wait; done');
  const grandchild = Number(await waitUntil('the grandchild', () => child.lastLines(1)));
  await child.stop(10);
  expect(child.ending).toBe('signal SIGKILL');
  await waitUntil('the grandchild to be gone', () => {
    try {
      return !process.kill(grandchild, 0);
    } catch {
      return true;
    }
  });
});

test('a command that does not exist is an error that names it', async () => {
  const started = Child.start({
    name: 'helper',
    command: join(directory, 'nothing'),
    args: [],
    env: {},
    logPath: join(directory, 'helper.log'),
  });
  await expect(started).rejects.toThrow(/cannot start helper \(.*nothing\).*ENOENT/);
});
