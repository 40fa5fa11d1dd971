/** Taking and letting go of leases, for any workflow that writes on what others may write on too. */
import {
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities';
import type { ActivityTimeouts } from '../activities/deps';
import { inOrder, leaseStand, type LeaseFacts } from '../domain/leases';
import { pauseSeconds } from '../domain/pace';
import { activityFailureMessage, isLeaseLost, watch, writers, type Caller, type Interrupted } from './calls';
import { lease } from './lease';
import { releaseSignal } from './messages';

export interface HeldLease {
  arn: string;
  leaseId: string;
}

export interface LeaseRequest {
  arns: readonly string[];
  timeouts: ActivityTimeouts;
}

/** Another workflow that has one of the things. */
export interface Holder {
  holder: string;
  thing: string;
}

/** `taken`: nothing is held. */
export type LeaseAnswer = { kind: 'held'; leases: HeldLease[] } | ({ kind: 'taken' } & Holder);

const releaseTakesSeconds = 5;
const againAfterSeconds = 0.5;

/** Told by this run to end, and perhaps not ended yet: such a lease still names this workflow, but is no longer held. */
const lettingGo = new Set<string>();

/**
 * Takes all of them for this workflow, or none. Those that it holds already, as after a reset, stay. They end with this
 * workflow however it ends.
 */
export async function acquireLeases({ arns, timeouts }: LeaseRequest): Promise<LeaseAnswer> {
  const owner = workflowInfo().workflowId;
  const sinceMs = Date.now();
  for (;;) {
    const facts = await reader(timeouts, 'see who holds what').readLeases({ arns: inOrder(arns) });
    const stand = leaseStand(facts, { owner, lettingGo: [...lettingGo] });
    if (stand.kind === 'taken') return stand;
    await Promise.all(stand.orphans.map(({ leaseId, holder }) => signalRelease(leaseId, holder ?? '')));
    const quietMs = stand.quietAtMs - Date.now();
    if (quietMs > 0) await sleep(quietMs, { summary: 'until no write of an earlier holder can come any more' });
    if (await startAll(stand.missing, owner)) return { kind: 'held', leases: facts.map(heldLease) };
    // Somebody was faster, or an orphan is still on its way out: look again.
    const pause = pauseSeconds({ waitedMs: Date.now() - sinceMs, pollSeconds: againAfterSeconds });
    await sleep(pause * 1000, { summary: 'look at the leases again' });
  }
}

/** Who else holds one of them now; null when nobody does. */
export async function whoHolds({ arns, timeouts }: LeaseRequest): Promise<Holder | null> {
  const facts = await reader(timeouts, 'see who holds what').readLeases({ arns: inOrder(arns) });
  const stand = leaseStand(facts, { owner: workflowInfo().workflowId, lettingGo: [...lettingGo] });
  return stand.kind === 'taken' ? stand : null;
}

/** Waits until `holder` has let the thing go, or has ended. */
export function untilLetGo(
  request: Holder & {
    timeouts: ActivityTimeouts;
    everySeconds: number;
    untilMs: number;
    interrupted: () => boolean;
  },
): Promise<{ kind: 'free' } | { kind: 'late' } | Interrupted> {
  const { holder, thing, everySeconds, timeouts, untilMs } = request;
  const limitSeconds = Math.max(0, untilMs - Date.now()) / 1000;
  return watch(
    { timeouts, direction: 'back', limitSeconds },
    `wait for ${holder}`,
    (activities) => activities.watchLeases({ arns: [thing], holder, everySeconds, deadlineMs: untilMs }),
    request.interrupted,
  );
}

/** Does something under leases, and waits for that while somebody else has one. */
export async function withLeases<Answer>(
  request: LeaseRequest & {
    everySeconds: number;
    untilMs: number;
    interrupted: () => boolean;
    /** Told whenever somebody has to be waited for. */
    waiting: (holder: Holder) => void;
  },
  work: () => Promise<Answer>,
): Promise<{ kind: 'done'; answer: Answer } | ({ kind: 'late' } & Holder) | Interrupted> {
  const { timeouts } = request;
  for (;;) {
    const taken = await acquireLeases(request);
    if (taken.kind === 'held') {
      try {
        return { kind: 'done', answer: await work() };
      } finally {
        await releaseLeases({ ...taken, timeouts });
      }
    }
    const { holder, thing } = taken;
    request.waiting({ holder, thing });
    const waited = await untilLetGo({ ...request, holder, thing });
    if (waited.kind === 'interrupted') return waited;
    if (waited.kind === 'late') return { kind: 'late', holder, thing };
  }
}

/** Answers when this workflow holds none of them any more, so that the next one finds them free. */
export async function releaseLeases(input: {
  leases: readonly HeldLease[];
  timeouts: ActivityTimeouts;
}): Promise<void> {
  const { leases, timeouts } = input;
  if (leases.length === 0) return;
  const holder = workflowInfo().workflowId;
  await Promise.all(leases.map(({ leaseId }) => signalRelease(leaseId, holder)));
  try {
    await reader(timeouts, 'see that the leases are free').watchLeases({
      arns: leases.map(({ arn }) => arn),
      holder,
      everySeconds: 0.1,
      deadlineMs: Date.now() + releaseTakesSeconds * 1000,
    });
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    log.warn('whether the leases are free could not be seen; they end with this workflow at the latest', { message });
  }
}

/** In order, one after the other: of two who want the same things, the one who gets the first gets them all. */
async function startAll(missing: readonly LeaseFacts[], owner: string): Promise<boolean> {
  const started: LeaseFacts[] = [];
  for (const one of missing) {
    if (await startLease(one, owner)) started.push(one);
    else {
      await Promise.all(started.map(({ leaseId }) => signalRelease(leaseId, owner)));
      return false;
    }
  }
  return true;
}

async function startLease({ arn, leaseId }: LeaseFacts, owner: string): Promise<boolean> {
  try {
    const child = await startChild(lease, {
      workflowId: leaseId,
      args: [{ thing: arn, owner }],
      parentClosePolicy: ParentClosePolicy.TERMINATE,
      memo: { thing: arn, owner },
      staticSummary: `${owner} may write on ${arn}`,
    });
    // That it was broken from outside is seen by the writers, which look before each write.
    child.result().catch(() => undefined);
    lettingGo.delete(leaseId);
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

async function signalRelease(leaseId: string, owner: string): Promise<void> {
  if (owner === workflowInfo().workflowId) lettingGo.add(leaseId);
  try {
    await getExternalWorkflowHandle(leaseId).signal(releaseSignal, { owner });
  } catch (error) {
    log.info('a lease was gone before it was let go', { leaseId, error: String(error) });
  }
}

/** Another workflow holds what this one was about to write on; nothing more may be written. */
export class LeaseTakenError extends Error {
  override readonly name = 'LeaseTakenError';

  constructor(
    readonly holder: string,
    readonly thing: string,
  ) {
    super(`${holder} holds ${thing}`);
  }
}

/**
 * Writers that look for their leases at every attempt: a lease that fell, as after a reset, is taken again and the write
 * is done.
 * @throws LeaseTakenError when somebody else has it by now
 */
export function underLeases(activities: Activities, request: () => LeaseRequest): Activities {
  const call = async (name: keyof Activities, input: unknown): Promise<unknown> => {
    const activity = activities[name] as (input: unknown) => Promise<unknown>;
    for (;;) {
      try {
        return await activity(input);
      } catch (error) {
        if (!isLeaseLost(error)) throw error;
        const answer = await acquireLeases(request());
        if (answer.kind === 'taken') throw new LeaseTakenError(answer.holder, answer.thing);
      }
    }
  };
  return new Proxy(activities, { get: (_target, name) => (input: unknown) => call(name as keyof Activities, input) });
}

/** One that is not paced by a phase: Temporal itself is asked, and answers at once or not at all. */
function reader(timeouts: ActivityTimeouts, summary: string): Activities {
  const caller: Caller = { timeouts, direction: 'back', limitSeconds: 300 };
  return writers(caller, summary);
}

function heldLease({ arn, leaseId }: LeaseFacts): HeldLease {
  return { arn, leaseId };
}
