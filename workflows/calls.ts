/** How workflows call activities: writers are awaited and never cancelled, watchers are given up when told. */
import { ActivityCancellationType, CancellationScope, condition, proxyActivities } from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure, RetryState, rootCause, TimeoutFailure } from '@temporalio/common';
import type { Activities } from '../activities';
import type { ActivityTimeouts } from '../activities/deps';

/** What a forward phase gives up on at once: trying again does not help, going back does. */
export const hopelessForward = ['denied', 'not-found', 'already-exists', 'quota', 'invalid'];
/** On the way back only what can never work is given up; permissions and credentials may be mended meanwhile. */
const hopelessBack = ['not-found', 'already-exists', 'invalid'];

const retry = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

export type Direction = 'forward' | 'back';

export interface Caller {
  timeouts: ActivityTimeouts;
  direction: Direction;
  /** After so long without success a call is given up. */
  limitSeconds: number;
}

export function writers(caller: Caller, summary: string): Activities {
  const activities = proxyActivities<Activities>({
    startToCloseTimeout: caller.timeouts.writerSeconds * 1000,
    scheduleToCloseTimeout: caller.limitSeconds * 1000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { ...retry, nonRetryableErrorTypes: caller.direction === 'forward' ? hopelessForward : hopelessBack },
    summary,
  });
  return new Proxy(activities, {
    get: (target, name) => (input: unknown) => calledWhileWorkersAreUp(target, name as keyof Activities, input),
  });
}

/** Outages that one call is carried through; each lasts at least as long as the call's limit. */
const outagesTolerated = 5;

/**
 * A limit that ran out while nobody worked says nothing about the call itself: no attempt has told of a failure. As this
 * code runs, a worker is back, so the call gets its time again.
 */
async function calledWhileWorkersAreUp(
  activities: Activities,
  name: keyof Activities,
  input: unknown,
): Promise<unknown> {
  const call = activities[name] as (input: unknown) => Promise<unknown>;
  for (let outages = 0; ; outages++) {
    try {
      return await call(input);
    } catch (error) {
      if (!isOutage(error) || outages >= outagesTolerated) throw error;
    }
  }
}

/** Whether no attempt has told of a failure: all that is known is that time ran out, again and again. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof TimeoutFailure && toldByAttempt(error.cause) === null
  );
}

/**
 * A write that AWS refuses for now is tried for a short time, told, and tried again: one long call would keep to itself
 * why it waits, and nothing could come in between.
 * @throws Error of the last try when trying again cannot help, or it is too late for that
 */
export async function persistently<Answer>(input: {
  write: () => Promise<Answer>;
  /** Tells, and waits until the next try. */
  refused: (message: string) => Promise<void>;
  untilMs: number;
}): Promise<Answer> {
  for (;;) {
    try {
      return await input.write();
    } catch (error) {
      const message = activityFailureMessage(error);
      if (message === undefined || isHopeless(error) || Date.now() >= input.untilMs) throw error;
      await input.refused(message);
    }
  }
}

/** Whether a call ended only because its limit did: another try may go well. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof ActivityFailure && (error.cause instanceof TimeoutFailure || error.retryState === 'TIMEOUT');
}

/**
 * What an attempt before a time-out said went wrong; null when none said anything. The server gives the failure of the
 * attempt before as the time-out's cause, which the SDK leaves in the message as it came and not in the error.
 */
function toldByAttempt(timeout: TimeoutFailure): string | null {
  let before = timeout.failure?.cause;
  while (before?.timeoutFailureInfo) before = before.cause;
  return before ? (before.message ?? '') : null;
}

function watchers(caller: Caller, summary: string): Activities {
  return proxyActivities<Activities>({
    // A watcher knows its own deadline; this one only ends an attempt that hangs.
    startToCloseTimeout: (caller.limitSeconds + 60) * 1000,
    heartbeatTimeout: caller.timeouts.heartbeatSeconds * 1000,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { ...retry, nonRetryableErrorTypes: caller.direction === 'forward' ? hopelessForward : hopelessBack },
    summary,
  });
}

export interface Interrupted {
  kind: 'interrupted';
}

/** Runs a watcher until it answers, or until `interrupted` becomes true; then it is given up and its answer is lost. */
export async function watch<Answer>(
  caller: Caller,
  summary: string,
  call: (activities: Activities) => Promise<Answer>,
  interrupted: () => boolean,
): Promise<Answer | Interrupted> {
  if (interrupted()) return { kind: 'interrupted' };
  const scope = new CancellationScope();
  let ended: { value: Answer } | { error: unknown } | undefined;
  const running = scope
    .run(() => call(watchers(caller, summary)))
    .then(
      (value) => {
        ended = { value };
      },
      (error: unknown) => {
        ended = { error };
      },
    );
  await condition(() => ended !== undefined || interrupted());
  if (ended === undefined) {
    scope.cancel();
    await running;
    return { kind: 'interrupted' };
  }
  if ('error' in ended) throw ended.error;
  return ended.value;
}

/** The sentence of an activity's failure; undefined for anything else, which is a bug and must surface. */
export function activityFailureMessage(error: unknown): string | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  if (error.cause instanceof ApplicationFailure) return error.cause.message;
  const told = error.cause instanceof TimeoutFailure ? toldByAttempt(error.cause) : null;
  if (told !== null) return told;
  return `${error.activityType} was not done in time: ${rootCause(error) ?? error.message}; see the worker's log, and whether workers are up`;
}

/**
 * Whether trying again cannot help; of any other failure only the time was over, or the lease. The server calls a limit
 * that ran out in the middle of an attempt not retryable too, but then nobody has said so.
 */
export function isHopeless(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.retryState === RetryState.NON_RETRYABLE_FAILURE &&
    !isLeaseLost(error)
  );
}

/** Nothing was written, for what must be held was not held. */
export function isLeaseLost(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === 'lease-lost'
  );
}
