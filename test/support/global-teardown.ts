import { rmSync } from 'node:fs';
import { temporalOfThisRun } from './temporal-of-this-run';

async function tearDown(): Promise<void> {
  const started = temporalOfThisRun.get();
  if (started === undefined) return;
  await started.server.stop();
  rmSync(started.directory, { recursive: true, force: true });
}

export = tearDown;
