/** A Temporal server of the test's own, with its data in a file: it can be killed, and another one goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../dev/processes/free-port';
import { ensureTemporalCli } from '../../../dev/temporal/ensure-cli';
import { startTemporal } from '../../../dev/temporal/start-temporal';

export interface MortalServer {
  address: string;
  /** kill -9, and a new one on the same file; one after the other when asked for more. Answers when it can be used. */
  strike(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMortalServer(): Promise<MortalServer> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-outage-'));
  const port = await freePort();
  const cliPath = await ensureTemporalCli({ log: () => undefined });
  const files = { logPath: join(directory, 'temporal.log'), dbFilename: join(directory, 'temporal.db') };
  const start = () => startTemporal({ cliPath, ui: false, port, ...files });
  let server = await start();
  let last = Promise.resolve();
  const strike = async () => {
    server.child.signal('SIGKILL');
    await server.child.ended;
    server = await start();
  };
  return {
    address: server.address,
    strike: () => (last = last.then(strike)),
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
