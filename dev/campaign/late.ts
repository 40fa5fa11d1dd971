/** How much later than its look at the world a write may still be applied. AWS has no writes with a condition. */
import type { RunRecord } from './record';

/** Between a writer's read and its write, on a machine that is busy. */
const usualMs = 1000;
/** A writer that is older than its time-out does not write any more, so no frozen one does later than this. */
export const writerTimeoutMs = 8000;

/** The time that may have passed unseen before a write that was applied at `atMs`. */
export function lookToWriteMs({ scenario, outages }: Pick<RunRecord, 'scenario' | 'outages'>, atMs: number): number {
  const wasOut = outages.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs + writerTimeoutMs);
  if (wasOut) return writerTimeoutMs;
  const latencies = scenario.awsFaults.map(({ latencyMs = 0, times }) => latencyMs * times);
  return Math.min(writerTimeoutMs, usualMs + latencies.reduce((sum, one) => sum + one, 0));
}

/** Servers that were there when the writer looked may be gone when its write arrives. */
export function serversLostJustBefore(record: RunRecord, atMs: number): boolean {
  const sinceMs = atMs - lookToWriteMs(record, atMs);
  return record.done.some((one) => /^(crash|shrink|delete)-/.test(one.what) && sinceMs <= one.atMs && one.atMs <= atMs);
}
