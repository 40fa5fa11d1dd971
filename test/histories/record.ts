/**
 * Records the histories that the replay test plays: `npm run record-histories`, or `npm run record-histories -- NAME…` for
 * some scenarios. After a change of the workflows that is meant to break replay (no deployment of the earlier release may
 * run then, or Worker Versioning keeps its workers).
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { projectRoot } from '../../dev/project';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { startTemporal } from '../../dev/temporal/start-temporal';
import { openStage, type Stage } from '../e2e/support/stage';
import { scenarios } from './scenarios';

/** @param names of the scenarios to record; all unless told */
async function record(names: string[]): Promise<void> {
  const chosen = Object.entries(scenarios).filter(([name]) => names.length === 0 || names.includes(name));
  const cliPath = await ensureTemporalCli({ log: tell });
  const server = await startTemporal({ cliPath, ui: false, logPath: join(tmpdir(), 'fleetshift-histories.log') });
  process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'] = server.address;
  try {
    const stage = await openStage(
      chosen.map(([name]) => ({ name })),
      {},
      'virtual',
    );
    try {
      for (const [serviceName, scenario] of chosen) {
        for (const { shape, workflowId, runId } of await scenario(stage, serviceName)) {
          await save(stage, { shape, workflowId, runId });
          tell(`${shape}: ${workflowId}`);
        }
      }
    } finally {
      await stage.stop();
    }
  } finally {
    await server.stop();
  }
}

async function save(
  stage: Stage,
  one: { shape: string; workflowId: string; runId?: string | undefined },
): Promise<void> {
  const handle = stage.temporal.client.workflow.getHandle(one.workflowId, one.runId);
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  // Which process on which machine it was is of no use, and would differ with every recording.
  const content = JSON.stringify({ workflowId: one.workflowId, history }).replace(
    /"identity":"[^"]*"/g,
    '"identity":"recorded"',
  );
  writeFileSync(join(projectRoot, 'test', 'histories', `${one.shape}.json`), content);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

record(process.argv.slice(2)).catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
