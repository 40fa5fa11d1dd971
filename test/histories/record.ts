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
import { scenarios, type Taken } from './scenarios';

/** @param asked names of the scenarios to record; all unless told */
async function record(asked: string[]): Promise<void> {
  const names = Object.keys(scenarios).filter((name) => asked.length === 0 || asked.includes(name));
  const server = await startTemporal({
    cliPath: await ensureTemporalCli({ log: tell }),
    ui: false,
    logPath: join(tmpdir(), 'fleetshift-histories.log'),
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '40' },
  });
  process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'] = server.address;
  try {
    const stage = await openStage(
      names.map((name) => ({ name })),
      { FLEETSHIFT_NOTIFY_SECRET: 'a-secret-of-at-least-thirty-two-characters' },
      'virtual',
    );
    try {
      await Promise.all(names.map((name) => play(stage, name)));
    } finally {
      await stage.stop();
    }
  } finally {
    await server.stop();
  }
}

async function play(stage: Stage, serviceName: string): Promise<void> {
  for (const one of (await scenarios[serviceName]?.(stage, serviceName)) ?? []) {
    await save(stage, one);
    tell(`${one.shape}: ${one.workflowId}`);
  }
}

async function save(stage: Stage, { shape, workflowId, run = 'newest' }: Taken): Promise<void> {
  const { client } = stage.temporal;
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const runId = run === 'first' ? raw.workflowExecutionInfo?.firstRunId : raw.workflowExecutionInfo?.execution?.runId;
  if (!runId) throw new Error(`the server does not tell the ${run} run of ${workflowId}`);
  const history: unknown = JSON.parse(historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory()));
  // Which process on which machine it was is of no use, and would differ with every recording.
  const content = JSON.stringify({ workflowId, history }).replace(/"identity":"[^"]*"/g, '"identity":"recorded"');
  writeFileSync(join(projectRoot, 'test', 'histories', `${shape}.json`), content);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

record(process.argv.slice(2)).catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
