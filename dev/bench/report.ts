/** What the bench found out: for programs, for people, and whether it is good enough. */
import { toLines } from '../table';
import type { LevelReport } from './measure';

export interface ScaleReport {
  cores: number;
  /** Pace of the services. */
  pollSeconds: number;
  periodSeconds: number;
  levels: LevelReport[];
  /** Events in the histories of the deployments, from their start to their end. */
  historyEvents: { mean: number; max: number; ofLongest: number };
  outcomes: Record<string, number>;
  wrongEndings: number;
  /** The first few of them, in words. */
  examples: string[];
  seconds: number;
}

export interface Goal {
  name: string;
  bound: string;
  value: number;
  holds: boolean;
}

/** Looks that a guard takes at its two target groups; AWS has no call for several of them. */
const healthCalls = 'elasticloadbalancing:DescribeTargetHealth';

/** The figures of one level for one deployment. */
export function perDeployment({ live, windowSeconds, worker, calls }: LevelReport) {
  const deploymentHours = (live * windowSeconds) / 3600;
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const health = calls[healthCalls] ?? 0;
  return {
    cpuSecondsPerHour: ((worker.cpuPercent / 100) * windowSeconds) / deploymentHours,
    callsPerHour: all / deploymentHours,
    batchableCallsPerHour: (all - health) / deploymentHours,
    looksPerHour: health / 2 / deploymentHours,
  };
}

export function goalsOf({ levels, pollSeconds, wrongEndings, historyEvents }: ScaleReport): Goal[] {
  const last = levels.at(-1);
  const first = levels[0];
  if (!first || !last) return [];
  const [atFirst, atLast] = [perDeployment(first), perDeployment(last)];
  const goal = (name: string, value: number, bound: string, holds: boolean): Goal => ({ name, bound, value, holds });
  const fewer = atLast.batchableCallsPerHour / atFirst.batchableCallsPerHour;
  const looks = (atLast.looksPerHour * pollSeconds) / 3600;
  return [
    goal('wrong endings', wrongEndings, '0', wrongEndings === 0),
    goal(`looks taken in time, ${last.live} live`, looks, '≥ 0.8', looks >= 0.8),
    goal(`worker CPU, ${last.live} live, % of a core`, last.worker.cpuPercent, '≤ 100', last.worker.cpuPercent <= 100),
    goal(`batchable calls per deployment, ${last.live} live ÷ 1`, fewer, '< 1', levels.length < 2 || fewer < 1),
    goal('history events of a deployment', historyEvents.max, '< 2000', historyEvents.max < 2000),
  ];
}

/** One level in one line, for those who wait for the others. */
export function summaryOf(level: LevelReport): string {
  const { cpuPercent, residentMb } = level.worker;
  const { callsPerHour } = perDeployment(level);
  return `the worker takes ${cpuPercent.toFixed(1)} % of a core and ${residentMb.toFixed(0)} MB; ${callsPerHour.toFixed(0)} AWS calls per deployment-hour`;
}

/** The object that `--json` prints. */
export function toJson(report: ScaleReport): object {
  return {
    ...report,
    levels: report.levels.map((level) => ({ ...level, perDeployment: perDeployment(level) })),
    goals: goalsOf(report),
  };
}

export function toText(report: ScaleReport): string {
  const rows = [
    [
      'live',
      'worker CPU',
      'CPU s/dep-h',
      'RSS',
      'peak',
      'calls/s',
      'calls/dep-h',
      'batchable',
      'looks',
      'Temporal CPU',
    ],
    ...report.levels.map((level) => {
      const { cpuSecondsPerHour, callsPerHour, batchableCallsPerHour, looksPerHour } = perDeployment(level);
      return [
        String(level.live),
        `${level.worker.cpuPercent.toFixed(1)} %`,
        cpuSecondsPerHour.toFixed(1),
        `${level.worker.residentMb.toFixed(0)} MB`,
        `${level.worker.peakResidentMb.toFixed(0)} MB`,
        ((callsPerHour * level.live) / 3600).toFixed(1),
        callsPerHour.toFixed(0),
        batchableCallsPerHour.toFixed(0),
        `${((100 * looksPerHour * report.pollSeconds) / 3600).toFixed(0)} %`,
        `${level.temporal.cpuPercent.toFixed(1)} %`,
      ];
    }),
  ];
  const { mean, max, ofLongest } = report.historyEvents;
  const ended = Object.entries(report.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    ...toLines(rows),
    '',
    `history events per deployment: ${mean.toFixed(0)} on average, ${max} at most, ${ofLongest} of the one that was live longest`,
    `ended: ${ended.join(', ')}; wrong endings: ${report.wrongEndings}; ${report.seconds.toFixed(0)} s on ${report.cores} cores`,
    ...report.examples.map((example) => `  ${example}`),
    ...goalsOf(report).map(
      ({ name, bound, value, holds }) =>
        `${holds ? 'holds' : 'FAILS'}: ${name}: ${Number(value.toFixed(2))} (${bound})`,
    ),
  ].join('\n');
}
