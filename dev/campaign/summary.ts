/** What came of a campaign: the numbers, and for each run that went wrong what a person needs to find out why. */
import type { Outcome } from '../../domain/deployment';
import { endingProblem } from './expected-endings';
import { violationsOf } from './invariants';
import type { RunRecord } from './record';

/** What `--json` prints. */
export interface Summary {
  runs: number;
  seed: number;
  /** How many runs ended in which way; `stuck` is none of the named ones. */
  outcomes: Partial<Record<Outcome | 'stuck', number>>;
  /** How often each kind of trouble really happened. */
  faults: Record<string, number>;
  wrongEndings: number;
  violations: number;
}

/** What is wrong with one run, in words; empty lists when all is well. */
export interface Verdict {
  wrongEnding: string | null;
  violations: string[];
}

export function verdictOn(record: RunRecord): Verdict {
  return { wrongEnding: endingProblem(record), violations: violationsOf(record) };
}

export function emptySummary(seed: number): Summary {
  return { runs: 0, seed, outcomes: {}, faults: {}, wrongEndings: 0, violations: 0 };
}

export function addRun(summary: Summary, record: RunRecord, verdict: Verdict): void {
  summary.runs += 1;
  const outcome = record.result?.outcome ?? 'stuck';
  summary.outcomes[outcome] = (summary.outcomes[outcome] ?? 0) + 1;
  const { outage } = record.scenario;
  for (const [kind, hits] of Object.entries(record.faultHits)) count(summary, kind, hits);
  for (const { what } of record.done) count(summary, what, 1);
  if (outage !== null && record.ownOutage) count(summary, outage.kind, 1);
  if (verdict.wrongEnding !== null) summary.wrongEndings += 1;
  summary.violations += verdict.violations.length;
}

function count({ faults }: Summary, what: string, times: number): void {
  if (times > 0) faults[what] = (faults[what] ?? 0) + times;
}

/** What went wrong, how to see it again, and everything that happened, in order. */
export function failureReport(seed: number, record: RunRecord, { wrongEnding, violations }: Verdict): string {
  const { scenario } = record;
  return [
    `run ${scenario.index} of seed ${seed} went wrong:`,
    ...(wrongEnding === null ? [] : [`  wrong ending: ${wrongEnding}`]),
    ...violations.map((violation) => `  violation: ${violation}`),
    `  again: npm run campaign -- --seed ${seed} --only ${scenario.index}`,
    `  scenario: ${JSON.stringify(scenario)}`,
    ...traceOf(record).map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** Changes, disturbances, outages and what the deployment said, by time. */
function traceOf(record: RunRecord): string[] {
  const events = [
    ...record.ledger.map(({ atMs, seq, caller, operation, outcome, input, healthyTargets }) => ({
      atMs,
      text: `#${seq} ${caller} ${operation} ${outcome} ${JSON.stringify(input)} healthy ${JSON.stringify(healthyTargets)}`,
    })),
    ...record.done.map(({ atMs, what }) => ({ atMs, text: `done: ${what}` })),
    ...record.outages.flatMap(({ kind, fromMs, toMs }) => [
      { atMs: fromMs, text: `begins: ${kind}` },
      { atMs: toMs, text: `over: ${kind}` },
    ]),
    ...record.notices.map(({ atMs, text }) => ({ atMs, text: `told: ${text}` })),
  ];
  return events
    .filter(({ atMs }) => atMs >= record.fromMs && atMs < Number.MAX_SAFE_INTEGER)
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ atMs, text }) => `+${((atMs - record.fromMs) / 1000).toFixed(2)} s ${text}`);
}
