/**
 * The attempt on whose behalf AWS is called. A worker that was frozen and replaced may wake up in the middle of an
 * activity; it must not write any more, because its successor already decides on newer facts. So every physical try of
 * every mutating call is checked against the attempt's own deadline on the wall clock, in one place, below the SDK's
 * own retries.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Attempt {
  /** Writers may mutate; watchers only read. */
  role: 'writer' | 'watcher';
  /** Time after which another worker may have taken over. */
  deadlineMs: number;
}

const attempts = new AsyncLocalStorage<Attempt>();

export function runAsAttempt<Result>(attempt: Attempt, work: () => Promise<Result>): Promise<Result> {
  return attempts.run(attempt, work);
}

/** Whether this is asked on behalf of a watcher. */
export function isWatching(): boolean {
  return attempts.getStore()?.role === 'watcher';
}

/** Thrown instead of sending a write that could come too late; the successor does it. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
}

/** Answers why a mutating call may not be sent now, or null. `callMs` is how long the call itself may take. */
export function refusalToWrite(operation: string, callMs: number, nowMs: number): string | null {
  const attempt = attempts.getStore();
  if (!attempt) return `${operation} was about to be sent outside of an activity`;
  if (attempt.role === 'watcher') return `${operation} was about to be sent by a watcher, which only reads`;
  if (nowMs + callMs > attempt.deadlineMs) {
    return `${operation} was not sent: this attempt's time is up and another worker may have taken over`;
  }
  return null;
}
