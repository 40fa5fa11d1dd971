/** AWS may not yet know what was made a moment ago, or still list what was just removed: both pass. */
import { ApplicationFailure } from '@temporalio/common';
import { AwsCallError } from '../clients/aws/errors';

/**
 * Work on something that was made or listed by this very attempt: that it is not found then is a stale answer, of one call
 * or of the other, and the next attempt looks anew.
 * @param what completes the sentence "… cannot be found (yet)"
 */
export async function onceVisible<Output>(what: string, work: () => Promise<Output>): Promise<Output> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsCallError && error.kind === 'not-found')) throw error;
    throw ApplicationFailure.retryable(`${what} cannot be found (yet): ${error.message}`, 'not-visible');
  }
}
