/**
 * Random deployments in a virtual sandbox under random faults; after each, its ending and the ledger are checked.
 *
 * What is deployed and what is done to it is a function of the seed alone; when it happens within a run is not, because
 * the processes are real. `--json` prints one object on standard output; everything for people goes to standard error.
 */
import { parseArgs } from 'node:util';
import { runScenario } from './campaign/run-scenario';
import { drawScenario } from './campaign/scenario';
import { openStage, removeLogs, type Stage } from './campaign/stage';
import { addRun, emptySummary, failureReport, verdictOn, type Summary } from './campaign/summary';

interface Orders {
  seed: number;
  /** Which runs of the campaign. */
  indexes: number[];
  parallel: number;
  json: boolean;
}

const defaults = { runs: 100, seed: 1, parallel: 16 } as const;

async function main(): Promise<void> {
  const orders = readOrders();
  const stage = await openStage(say);
  endOnInterrupt(stage);
  let summary: Summary;
  try {
    summary = await campaign(stage, orders);
  } finally {
    await stage.stop();
  }
  if (orders.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else say(JSON.stringify(summary, null, 2));
  if (summary.wrongEndings + summary.violations > 0) {
    say(`something went wrong, see above; the logs are in ${stage.directory}`);
    process.exitCode = 1;
  } else await removeLogs(stage);
}

function readOrders(): Orders {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      parallel: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const runs = whole('runs', values.runs, defaults.runs);
  return {
    seed: whole('seed', values.seed, defaults.seed),
    indexes: values.only === undefined ? [...Array(runs).keys()] : [whole('only', values.only, 0)],
    parallel: Math.max(1, whole('parallel', values.parallel, defaults.parallel)),
    json: values.json,
  };
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`--${name} is "${text}": expected a whole number`);
}

async function campaign(stage: Stage, { seed, indexes, parallel }: Orders): Promise<Summary> {
  const summary = emptySummary(seed);
  const waiting = [...indexes];
  const runNext = async (): Promise<void> => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const record = await runScenario(stage, drawScenario(seed, index));
      const verdict = verdictOn(record);
      addRun(summary, record, verdict);
      if (verdict.wrongEnding !== null || verdict.violations.length > 0) say(failureReport(seed, record, verdict));
      say(`${summary.runs} of ${indexes.length}: run ${index} ${record.result?.outcome ?? 'stuck'}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, indexes.length) }, runNext));
  return summary;
}

/** Every process of the stage ends with this one. */
function endOnInterrupt({ directory }: Stage): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`${signal}: ending everything; the logs stay in ${directory}`);
      process.exit(130);
    });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  say(`The campaign failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
});
