/** Stands for the right to write on one thing. It lives as long as its owner holds the thing; its id is the lock. */
import { CancellationScope, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { releaseSignal } from './messages';

export interface LeaseInput {
  /** ARN of a group, a listener or a listener rule. */
  thing: string;
  /** Workflow id. */
  owner: string;
}

export async function lease({ thing, owner }: LeaseInput): Promise<void> {
  let released = false;
  setHandler(releaseSignal, (payload) => {
    released ||= payload?.owner === owner;
  });
  setCurrentDetails(`${owner} may write on ${thing}`);
  // A cancel must not take from a deployment what it is writing on; whoever has to break a lease terminates it.
  await CancellationScope.nonCancellable(() => condition(() => released));
}
