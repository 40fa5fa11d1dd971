/**
 * Every activity is a writer or a watcher.
 * A *writer* is short, always awaited and level-triggered: read, decide, write, read back. Its writes stop at its own
 * deadline. A *watcher* only reads, heartbeats, may be cancelled at any time and answers with a verdict.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { runAsAttempt, StaleAttemptError } from '../clients/aws/attempt';
import { AwsCallError } from '../clients/aws/errors';

type Activity<Input, Output> = (input: Input) => Promise<Output>;

export function writer<Input, Output>(work: Activity<Input, Output>): Activity<Input, Output> {
  return async (input) => {
    const { info } = Context.current();
    // The server's own clock for this attempt starts when a worker takes it, so this deadline is never too late.
    const deadlineMs = info.currentAttemptScheduledTimestampMs + info.startToCloseTimeoutMs;
    return explained(() => runAsAttempt({ role: 'writer', deadlineMs }, () => work(input)));
  };
}

export function watcher<Input, Output>(work: Activity<Input, Output>): Activity<Input, Output> {
  return async (input) => {
    const { info, heartbeat } = Context.current();
    const context = Context.current();
    const everyMs = Math.max(200, (info.heartbeatTimeoutMs ?? 30_000) / 3);
    const timer = setInterval(() => heartbeat.call(context, latestReport.get(context)), everyMs);
    try {
      return await explained(() => runAsAttempt({ role: 'watcher', deadlineMs: 0 }, () => work(input)));
    } finally {
      clearInterval(timer);
    }
  };
}

const latestReport = new WeakMap<Context, object>();

/** Shows what a watcher sees: travels with its heartbeats, so it costs no history. */
export function report(seen: object): void {
  const context = Context.current();
  latestReport.set(context, seen);
  context.heartbeat(seen);
}

/** Ends a wait early when the watcher is cancelled. */
export function pause(seconds: number): Promise<void> {
  return Context.current().sleep(seconds * 1000);
}

async function explained<Output>(work: () => Promise<Output>): Promise<Output> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AwsCallError) {
      throw ApplicationFailure.create({ message: error.message, type: error.kind, details: [{ code: error.code }] });
    }
    if (error instanceof StaleAttemptError) {
      throw ApplicationFailure.create({ message: error.message, type: 'stale-attempt', nextRetryDelay: '100ms' });
    }
    throw error;
  }
}
