/** `fleetshift gateway` and `fleetshift worker`: long-lived processes of their own, started as children. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../refusal';

const passedOn = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/**
 * Runs a built main program with our streams until it ends; answers its exit code (128 + signal when one ended it).
 * @throws Refusal when the project is not built
 */
export async function runMain(folder: 'gateway' | 'worker'): Promise<number> {
  const path = join(__dirname, '..', '..', folder, 'main.js');
  if (!existsSync(path)) throw new Refusal([`the ${folder} is not built: run "npm run build" first`]);
  const child = spawn(process.execPath, ['--enable-source-maps', path], { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => {
    // A terminal sends Ctrl-C to the child as well; twice would cut its orderly stop short.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  passedOn.forEach((signal) => process.on(signal, forward));
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    passedOn.forEach((signal) => process.off(signal, forward));
  }
}
