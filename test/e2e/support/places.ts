/** Places in the life of a deployment at which its worker can be caught: at one call of one write. */
import type { CallMatch } from '../../../sandbox/control/types';
import type { Stage } from './stage';

export interface Place {
  operation: string;
  /** The how manieth call of that name by the stage's own workers, from when the trap is set; 0 is the first. */
  nth?: number;
  /** Only calls whose input, as JSON, holds this text: where a worker has more than one deployment. */
  inputContains?: string;
  /**
   * `before`: sent and not applied. `unanswered`: applied, and the worker does not hear so. `unreported`: the worker has its
   * answer and goes on to its next call, and Temporal does not hear so. `refused`: AWS has throttled the call, and the
   * worker has not heard so: as soon as it does, it sends the call once more.
   */
  at: 'before' | 'unanswered' | 'unreported' | 'refused';
}

export interface Caught {
  /** Lets the held call go on: a write that is held `before` lands now. */
  release(): Promise<void>;
}

export interface Trap {
  /** Resolves when the worker stands there. */
  caught: Promise<Caught>;
}

const patienceMs = 120_000;

export async function setTrap(stage: Stage, { nth = 0, at, ...which }: Place): Promise<Trap> {
  const call = { ...which, caller: stage.caller, skip: nth };
  if (at === 'refused') await stage.sandbox.admin.addFault({ ...call, kind: 'throttle' });
  const barrier = await hold(stage, { ...call, at: at === 'before' ? 'before' : 'after' });
  if (at !== 'unreported') return { caught: barrier.reached };
  const caught = barrier.reached.then(async (written) => {
    // Whatever the worker calls next, it calls after it has heard; so far it stands still.
    const next = await hold(stage, { operation: '*', caller: stage.caller, at: 'before' });
    await written.release();
    return next.reached;
  });
  caught.catch(() => undefined);
  return { caught };
}

async function hold(
  stage: Stage,
  spec: CallMatch & { at: 'before' | 'after'; skip?: number },
): Promise<{ reached: Promise<Caught> }> {
  const barrier = await stage.sandbox.admin.addBarrier(spec);
  const caught: Caught = { release: () => barrier.release() };
  const reached = barrier.waitUntilReached(patienceMs).then(() => caught);
  // Whoever set it may have failed before it waits for this.
  reached.catch(() => undefined);
  return { reached };
}
