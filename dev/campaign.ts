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
import { inParallel } from './in-parallel';

interface Orders {
  seed: number;
  /** Which runs of the campaign. */
  indexes: number[];
  parallel: number;
  json: boolean;
}

/** What the runs leave behind makes every call dearer: after so many they begin again with nothing. */
const runsPerStage = 200;

const defaults = { runs: 100, seed: 1, parallel: 16 } as const;

async function main(): Promise<void> {
  const orders = readOrders();
  const summary = emptySummary(orders.seed);
  for (let from = 0; from < orders.indexes.length; from += runsPerStage) {
    await onStageOfItsOwn(summary, { ...orders, indexes: orders.indexes.slice(from, from + runsPerStage) });
  }
  if (orders.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else say(JSON.stringify(summary, null, 2));
  if (problemsIn(summary) > 0) process.exitCode = 1;
}

/** The logs are kept when something went wrong. */
async function onStageOfItsOwn(summary: Summary, orders: Orders): Promise<void> {
  const problemsBefore = problemsIn(summary);
  const stage = await openStage(say);
  const ignoreInterrupts = endOnInterrupt(stage);
  try {
    await play(stage, orders, summary);
  } finally {
    await stage.stop();
    ignoreInterrupts();
  }
  if (problemsIn(summary) === problemsBefore) await removeLogs(stage);
  else say(`something went wrong, see above; the logs are in ${stage.directory}`);
}

function problemsIn({ wrongEndings, violations }: Summary): number {
  return wrongEndings + violations;
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

async function play(stage: Stage, { seed, indexes, parallel }: Orders, summary: Summary): Promise<void> {
  await inParallel(indexes, parallel, async (index) => {
    const record = await runScenario(stage, drawScenario(seed, index));
    const verdict = verdictOn(record);
    addRun(summary, record, verdict);
    if (verdict.wrongEnding !== null || verdict.violations.length > 0) say(failureReport(seed, record, verdict));
    say(`${summary.runs}: run ${index} ${record.result?.outcome ?? 'stuck'}`);
  });
}

/** Every process of the stage ends with this one; until what is answered is called. */
function endOnInterrupt({ directory }: Stage): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const end = (signal: NodeJS.Signals): void => {
    say(`${signal}: ending everything; the logs stay in ${directory}`);
    process.exit(130);
  };
  for (const signal of signals) process.once(signal, end);
  return () => signals.forEach((signal) => process.off(signal, end));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  say(`The campaign failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
});
