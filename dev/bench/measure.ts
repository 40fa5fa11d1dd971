/** What a number of live deployments costs for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from './pace';
import { usageOf, type ProcessUsage } from './process-usage';
import type { BenchStage } from './stage';

export interface LevelReport {
  live: number;
  /** Really measured, which is a little more than asked for. */
  windowSeconds: number;
  /** CPU in percent of one core, over the window; memory at its end. */
  worker: { cpuPercent: number; residentMb: number; peakResidentMb: number };
  temporal: { cpuPercent: number; residentMb: number };
  /** Calls that the cloud answered in the window, by operation. */
  calls: Record<string, number>;
}

/** @param live how many deployments are live; the caller sees to it that they are so at the end, too */
export async function measure(stage: BenchStage, live: number, pace: Pace): Promise<LevelReport> {
  const before = await sample(stage);
  await sleep(pace.windowSeconds * 1000);
  const after = await sample(stage);
  const windowSeconds = (after.atMs - before.atMs) / 1000;
  const percent = (one: ProcessUsage, other: ProcessUsage) =>
    (100 * (other.cpuSeconds - one.cpuSeconds)) / windowSeconds;
  const { residentMb, peakResidentMb } = after.worker;
  return {
    live,
    windowSeconds,
    worker: { cpuPercent: percent(before.worker, after.worker), residentMb, peakResidentMb },
    temporal: { cpuPercent: percent(before.temporal, after.temporal), residentMb: after.temporal.residentMb },
    calls: difference(before.calls, after.calls),
  };
}

async function sample({ sandbox, worker, temporalServer }: BenchStage) {
  const calls = await sandbox.calls();
  return { atMs: performance.now(), calls, worker: usageOf(worker.pid), temporal: usageOf(temporalServer.pid) };
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const counts = Object.entries(after).map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
