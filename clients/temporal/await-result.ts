import { type EndAnswer, resultOf } from './result-of';
import type { Temporal } from './connection';
import { TemporalError } from './temporal-error';

const pollMs = 60_000;

/**
 * Waits until the deployment has ended, for days if need be; an outage of Temporal that is shorter than the SDK's own
 * retries goes unnoticed.
 * @throws TemporalError when the server cannot be asked, or the signal's reason when it is aborted
 */
export async function awaitResult(input: {
  temporal: Temporal;
  deploymentId: string;
  signal?: AbortSignal;
}): Promise<EndAnswer> {
  const { temporal, deploymentId, signal } = input;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const wait = () => resultOf({ temporal, id: deploymentId, withinMs: pollMs });
      return await (signal === undefined ? wait() : temporal.client.connection.withAbortSignal(signal, wait));
    } catch (error) {
      signal?.throwIfAborted();
      // One poll is over; the deployment is not.
      if (!(error instanceof TemporalError && error.code === 'no-answer')) throw error;
    }
  }
}
