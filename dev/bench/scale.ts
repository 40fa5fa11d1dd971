/**
 * `npm run bench:scale`: one worker with 1, 100 and a thousand live deployments, in the virtual sandbox. All of them
 * wait at a gate, judged on, while the worker is measured; then a fifth is aborted, the rest is promoted, and all must
 * end right. `--json` prints one object on standard output; everything for people goes to standard error then.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { wrongEndings } from './endings';
import { bringToLife, countLive, endAll, type EndedDeployment, type LiveDeployment } from './live';
import { measure, type LevelReport } from './measure';
import { quickPace, realisticPace, type Pace } from './pace';
import { goalsOf, summaryOf, toJson, toText, type ScaleReport } from './report';
import { serviceNames } from './services';
import { openStage, type BenchStage } from './stage';

const usage = 'npm run bench:scale -- [--live 1000] [--quick] [--json]';
const examplesShown = 10;

interface Options {
  live: number;
  quick: boolean;
  json: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      live: { type: 'string', default: '1000' },
      /** Seconds instead of minutes, for seeing that the bench works. */
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const live = Number(values.live);
  if (!Number.isInteger(live) || live < 1 || live > 5000)
    throw new Error(`--live must be a whole number from 1 to 5000, found "${values.live}"; usage: ${usage}`);
  return { live, quick: values.quick, json: values.json };
}

async function main(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { live, quick, json } = readOptions();
  const pace = quick ? quickPace : realisticPace;
  const output = json ? process.stderr : process.stdout;
  const startedMs = performance.now();
  const say = (line: string) => {
    output.write(`[${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s] ${line}\n`);
  };
  const names = serviceNames(live);
  const stage = await openStage({ names, pace, log: say });
  let report: ScaleReport;
  try {
    say(`Temporal, a cloud of ${live} services and one worker are up; logs: ${stage.directory}`);
    const run = await runLevels({ stage, names, pace, say });
    report = await reportOf({ ...run, stage, pace, seconds: (performance.now() - startedMs) / 1000 });
  } catch (error) {
    say(`failed; the logs are in ${stage.directory}`);
    throw error;
  } finally {
    await stage.stop();
  }
  output.write(`\n${toText(report)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(toJson(report))}\n`);
  if (!isGoodEnough(report, quick)) throw new Error(`not good enough; the logs are in ${stage.directory}`);
  await stage.removeLogs();
}

/** One after the other in one run: the deployments of a level stay live in the next. */
async function runLevels(input: {
  stage: BenchStage;
  names: readonly string[];
  pace: Pace;
  say: (line: string) => void;
}): Promise<{ levels: LevelReport[]; deployments: EndedDeployment[] }> {
  const { stage, names, pace, say } = input;
  const levels: LevelReport[] = [];
  const deployments: LiveDeployment[] = [];
  for (const live of [...new Set([1, Math.min(100, names.length), names.length])]) {
    deployments.push(...(await bringToLife(stage.temporal, names.slice(deployments.length, live), pace)));
    say(`${live} live; measuring for ${pace.windowSeconds} s`);
    const level = await measure(stage, live, pace);
    levels.push(level);
    say(`${live} live: ${summaryOf(level)}`);
    const still = await countLive(stage.temporal, deployments);
    if (still < live) throw new Error(`only ${still} of ${live} deployments were live to the end of the measurement`);
  }
  say('ending all of them');
  return { levels, deployments: await endAll(stage.temporal, deployments) };
}

/** Of a quick run only the endings mean something. */
function isGoodEnough(report: ScaleReport, quick: boolean): boolean {
  return quick ? report.wrongEndings === 0 : goalsOf(report).every(({ holds }) => holds);
}

async function reportOf(input: {
  stage: BenchStage;
  levels: LevelReport[];
  deployments: EndedDeployment[];
  pace: Pace;
  seconds: number;
}): Promise<ScaleReport> {
  const { stage, levels, deployments, pace, seconds } = input;
  const wrong = await wrongEndings(stage, deployments);
  const events = deployments.map(({ historyEvents }) => historyEvents);
  const outcomes: Record<string, number> = {};
  for (const { ended } of deployments) {
    const outcome = ended.kind === 'ended' ? ended.result.outcome : ended.kind;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return {
    cores: availableParallelism(),
    pollSeconds: pace.pollSeconds,
    periodSeconds: pace.periodSeconds,
    levels,
    historyEvents: {
      mean: events.reduce((sum, count) => sum + count, 0) / events.length,
      max: Math.max(...events),
      ofLongest: events[0] ?? 0,
    },
    outcomes,
    wrongEndings: wrong.length,
    examples: wrong.slice(0, examplesShown),
    seconds,
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`The bench failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
