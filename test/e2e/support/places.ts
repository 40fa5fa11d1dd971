/** Places in the life of a deployment at which its worker can be caught: at one call of one write. */
import type { BarrierSpec } from '../../../sandbox/control/types';
import type { Stage } from './stage';

export interface Place {
  /** The mutation, the how manieth of those whose input holds the text (0 is the first). */
  operation: string;
  inputContains: string;
  skip?: number;
  /**
   * `before`: sent and not applied. `unanswered`: applied, and the worker does not hear so. `unreported`: the worker has its
   * answer and reads back, and Temporal does not hear so.
   */
  at: 'before' | 'unanswered' | 'unreported';
}

export interface Caught {
  /** Lets the held call go on: a write that is held `before` lands now. */
  release(): Promise<void>;
}

/** How each write is read back by the activity that makes it. */
const readBacks: Record<string, string> = {
  ModifyListener: 'DescribeListeners',
  CreateTargetGroup: 'DescribeTags',
  CreateLaunchTemplate: 'DescribeLaunchTemplateVersions',
  CreateAutoScalingGroup: 'DescribeAutoScalingGroups',
  UpdateAutoScalingGroup: 'DescribeAutoScalingGroups',
  DeleteAutoScalingGroup: 'DescribeAutoScalingGroups',
};

export interface Trap {
  /** Resolves when the worker stands there. */
  caught: Promise<Caught>;
}

const patienceMs = 120_000;

export async function setTrap(stage: Stage, place: Place): Promise<Trap> {
  const { operation, inputContains, skip = 0 } = place;
  const barrier = await trap(stage, {
    operation,
    inputContains,
    skip,
    at: place.at === 'before' ? 'before' : 'after',
  });
  if (place.at !== 'unreported') return { caught: barrier.reached };
  const readBack = readBacks[operation];
  if (readBack === undefined) throw new Error(`it is not known how ${operation} is read back`);
  const caught = barrier.reached.then(async (written) => {
    // The worker stands still, so that the next read of this thing is its read-back.
    const reading = await trap(stage, { operation: readBack, inputContains: contextOf(inputContains), at: 'before' });
    await written.release();
    return reading.reached;
  });
  return { caught };
}

async function trap(stage: Stage, spec: BarrierSpec): Promise<{ reached: Promise<Caught> }> {
  const barrier = await stage.sandbox.admin.addBarrier(spec);
  const caught: Caught = { release: () => barrier.release() };
  return { reached: barrier.waitUntilReached(patienceMs).then(() => caught) };
}

/** What the read has of the write's text: names stand alone, without the name of their field. */
function contextOf(inputContains: string): string {
  return inputContains.replace(/^"\w+":/, '');
}
