/**
 * Every activity that calls AWS is a writer or a watcher.
 * A *writer* is short, always awaited and level-triggered: read, decide, write, read back. Its writes stop at its own
 * deadline. A *watcher* only reads, heartbeats, may be cancelled at any time and answers with a verdict.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { runAsAttempt, StaleAttemptError, type Attempt } from '../clients/aws/attempt';
import { AwsCallError, type AwsErrorKind } from '../clients/aws/errors';

type Activity<Input, Output> = (input: Input) => Promise<Output>;

const roles = new WeakMap<object, Attempt['role']>();

/** What an activity may do; undefined for one that never calls AWS. */
export function roleOf(activity: object): Attempt['role'] | undefined {
  return roles.get(activity);
}

/** The same activity with something before it. */
export function inRoleOf<Input, Output>(original: object, activity: Activity<Input, Output>): Activity<Input, Output> {
  const role = roleOf(original);
  if (role !== undefined) roles.set(activity, role);
  return activity;
}

export function writer<Input, Output>(work: Activity<Input, Output>): Activity<Input, Output> {
  const activity: Activity<Input, Output> = async (input) => {
    const { info } = Context.current();
    // The server's own clock for this attempt starts when a worker takes it, so this deadline is never too late.
    const attemptEndsMs = info.currentAttemptScheduledTimestampMs + info.startToCloseTimeoutMs;
    // Past the last of all attempts the workflow has gone on, perhaps on its way back.
    const deadlineMs = Math.min(attemptEndsMs, info.scheduledTimestampMs + info.scheduleToCloseTimeoutMs);
    return explained(() => runAsAttempt({ role: 'writer', deadlineMs }, () => work(input)));
  };
  roles.set(activity, 'writer');
  return activity;
}

export function watcher<Input, Output>(work: Activity<Input, Output>): Activity<Input, Output> {
  const activity: Activity<Input, Output> = async (input) => {
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
  roles.set(activity, 'watcher');
  return activity;
}

const latestReport = new WeakMap<Context, object>();

/** Shows what a watcher sees: travels with its heartbeats, so it costs no history. */
export function report(seen: object): void {
  const context = Context.current();
  latestReport.set(context, seen);
  context.heartbeat(seen);
}

/**
 * Looks until there is an answer. What fails meanwhile is shown and may pass; at the deadline `late` answers, with the
 * last refusal. So a watcher ends by its deadline whatever fails.
 * @throws Error that waiting cannot mend
 */
export async function lookUntil<Answer>(input: {
  deadlineMs: number;
  everySeconds: number;
  look: () => Promise<Answer | null>;
  /** Null looks on: what was missing is just coming. */
  late: (refusal: string | null) => Answer | null | Promise<Answer | null>;
}): Promise<Answer> {
  for (;;) {
    const looked = await attempted(input.look);
    if (looked.answer !== null) return looked.answer;
    if (looked.refusal !== null) report({ text: looked.refusal });
    if (Date.now() >= input.deadlineMs) {
      const late = await attempted(async () => input.late(looked.refusal));
      const answer = late.refusal === null ? late.answer : await input.late(late.refusal);
      if (answer !== null) return answer;
    }
    await pause(input.everySeconds);
  }
}

async function attempted<Answer>(
  work: () => Promise<Answer | null>,
): Promise<{ answer: Answer | null; refusal: string | null }> {
  try {
    return { answer: await work(), refusal: null };
  } catch (error) {
    return { answer: null, refusal: refusalThatMayPass(error) };
  }
}

/** Permissions and credentials may be mended while a deployment waits. */
const mayPass: readonly AwsErrorKind[] = ['transient', 'denied', 'credentials'];

/**
 * Why a look failed, in words, where the next one may go well: a watcher that threw instead would be tried again by
 * Temporal for ever, with no limit of its own.
 * @throws the error itself when waiting cannot mend it, or when the watcher is given up
 */
export function refusalThatMayPass(error: unknown): string {
  const context = Context.current();
  if (context.cancellationSignal.aborted || !(error instanceof Error)) throw error;
  if (error instanceof AwsCallError ? !mayPass.includes(error.kind) : isForGood(error)) throw error;
  if (!(error instanceof AwsCallError || error instanceof ApplicationFailure))
    context.log.error('a look failed for a reason that nobody expected', { error });
  return error.message;
}

function isForGood(error: Error): boolean {
  return error instanceof ApplicationFailure && error.nonRetryable === true;
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
