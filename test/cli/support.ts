/** The command line run inside the test, with a terminal or pipe that remembers. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeploymentProgress, DeploymentResult, JudgeReport } from '../../domain/deployment';
import type { Seen } from '../../cli/render/screen';
import { run } from '../../cli/run';

export interface CliRun {
  exitCode: number;
  out: string;
  err: string;
}

export interface RunningCli {
  ended: Promise<CliRun>;
  /** Everything written to stdout so far. */
  out: () => string;
  interrupt: () => void;
}

export function startCli(args: string[], env: NodeJS.ProcessEnv = {}, terminal?: { columns: number }): RunningCli {
  const written = { out: '', err: '' };
  const interruption = new AbortController();
  const ended = run({
    args,
    interrupted: interruption.signal,
    io: {
      stdout: {
        write: (text: string) => (written.out += text),
        ...(terminal === undefined ? {} : { isTTY: true, ...terminal }),
      },
      stderr: { write: (text: string) => (written.err += text) },
      // No file of the person who runs the tests.
      env: { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...env },
      userName: 'tester',
      nowMs: () => Date.now(),
    },
  }).then((exitCode) => ({ exitCode, ...written }));
  return { ended, out: () => written.out, interrupt: () => interruption.abort() };
}

export function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<CliRun> {
  return startCli(args, env).ended;
}

export function fileWith(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fleetshift-cli-')), name);
  writeFileSync(path, text);
  return path;
}

export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

export const judge: JudgeReport = {
  ...{ rows: 12, newRequests: 1204, newErrors: 17, oldRequests: 21_811, oldErrors: 22 },
  ...{ logEvidence: Math.log(40), neededLogEvidence: Math.log(100), lastPeriodEndMs: startMs },
};

export function progressWith(change: Partial<DeploymentProgress> = {}): DeploymentProgress {
  return {
    deploymentId: 'deploy:web.production.eu-west-1:0f9e',
    ...{ service: 'web', environment: 'production', region: 'eu-west-1', number: 7 },
    ...{ revision: { imageId: 'ami-0abc' }, requestedBy: 'ann', reason: 'fix the cart' },
    ...{ phase: 'shift', phaseSinceMs: startMs, step: { index: 2, count: 6, newPercent: 10 } },
    split: { newPercent: 10 },
    oldFleet: { groupName: 'web-6', wanted: 4, healthy: 4 },
    newFleet: { groupName: 'web-7', wanted: 4, healthy: 3 },
    ...{
      judge,
      pause: null,
      hold: null,
      holds: [],
      gate: null,
      turn: null,
      requests: [],
      warnings: [],
      notices: [],
      result: null,
    },
    ...change,
  };
}

export function resultWith(change: Partial<DeploymentResult> = {}): DeploymentResult {
  return {
    ...{ deploymentId: 'deploy:web.production.eu-west-1:0f9e', service: 'web.production.eu-west-1', number: 7 },
    ...{ revision: { imageId: 'ami-0abc' }, outcome: 'succeeded', reason: 'new serves all traffic' },
    ...{ startedAtMs: startMs, endedAtMs: startMs + 754_000, trafficRestoredAtMs: null, judge: null },
    ...{
      oldGroup: 'web-6',
      newGroup: 'web-7',
      previousImageId: 'ami-0before',
      warnings: [],
      repairs: [],
      drainId: null,
    },
    ...change,
  };
}

export function seenWith(change: Partial<DeploymentProgress> = {}, rest: Partial<Seen> = {}): Seen {
  return { progress: progressWith(change), source: 'workflow', live: [], stopped: null, drain: null, ...rest };
}
