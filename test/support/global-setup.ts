/**
 * Runs once before all test files: compiles, and starts one Temporal server that all of them share; its address is in
 * FLEETSHIFT_TEST_TEMPORAL_ADDRESS. Tests keep apart by task queues and workflow ids of their own.
 *
 * FLEETSHIFT_TEST_SKIP_SETUP=1 leaves all that out, for quick runs while working on rules that need neither.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { startTemporal } from '../../dev/temporal/start-temporal';
import { build } from './build';
import { temporalOfThisRun } from './temporal-of-this-run';

async function setUp(): Promise<void> {
  if (process.env['FLEETSHIFT_TEST_SKIP_SETUP'] === '1') return;
  // Which Node version the AWS SDK will want next year would be said by every test file.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  await build(log);
  const cliPath = await ensureTemporalCli({ log });
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-test-'));
  const server = await startTemporal({ cliPath, ui: false, logPath: join(directory, 'temporal.log') });
  temporalOfThisRun.set({ server, directory });
  process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'] = server.address;
}

function log(line: string): void {
  process.stderr.write(`[test set-up] ${line}\n`);
}

export = setUp;
