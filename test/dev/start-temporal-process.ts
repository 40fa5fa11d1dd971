/** A process that starts a server, tells its address in one line, and stays: for a test that kills it. */
import { join } from 'node:path';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { startTemporal } from '../../dev/temporal/start-temporal';

async function main(directory: string): Promise<void> {
  const cliPath = await ensureTemporalCli({ log: () => undefined });
  const { address } = await startTemporal({ cliPath, ui: false, logPath: join(directory, 'temporal.log') });
  process.stdout.write(`${JSON.stringify({ address })}\n`);
  setInterval(() => undefined, 60_000);
}

void main(process.argv[2] ?? '');
