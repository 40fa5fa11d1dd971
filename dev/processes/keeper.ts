/**
 * Ends child processes when this process is gone, whatever ended it: exit, Ctrl-C or kill -9.
 *
 * No handler inside a process can see its own SIGKILL, so a tiny shell outside watches: it reads from a pipe which
 * processes are alive, and when the pipe closes (the kernel does that for a dead writer) it kills what is left, with
 * everything those started. Only a machine-wide kill that takes the shell as well leaves something behind.
 */
import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

const watchScript = `
alive=" "
while read -r verb pid; do
  case "$verb" in
    add) alive="$alive$pid " ;;
    gone) alive="\${alive%% $pid *} \${alive#* $pid }" ;;
  esac
done
for pid in $alive; do kill -s KILL -- "-$pid"; done
`;

let pipe: Writable | undefined;

/** Puts a process that leads its own group (spawned `detached`) into the keeper's care. */
export function keep(pid: number): void {
  pipe ??= startKeeper();
  pipe.write(`add ${pid}\n`);
}

/** Must be called when the process has ended, so that a reused pid is never killed. */
export function release(pid: number): void {
  pipe?.write(`gone ${pid}\n`);
}

function startKeeper(): Writable {
  // Detached: a Ctrl-C in the terminal must not end the keeper before its work.
  const keeper = spawn('sh', ['-c', watchScript], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  keeper.unref();
  // A pipe to a child is a socket in Node; it must not keep this process alive either.
  (keeper.stdin as Writable & { unref(): void }).unref();
  keeper.stdin.on('error', () => {
    // The keeper was killed: nothing to tell it any more.
  });
  return keeper.stdin;
}
