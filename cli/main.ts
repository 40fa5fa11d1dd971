/** The process behind `fleetshift`. */
import { userInfo } from 'node:os';
import { run } from './run';

const interruption = new AbortController();
// The first Ctrl-C ends the looking in good order, the second one ends us.
process.once('SIGINT', () => interruption.abort());
// `fleetshift list | head` closes our output early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

void run({
  args: process.argv.slice(2),
  io: {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    userName: currentUser(),
    nowMs: () => Date.now(),
  },
  interrupted: interruption.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user id without a name.
    return process.env['USER'] ?? 'unknown';
  }
}
