import { WorkflowFailedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { DeploymentResult } from '../../domain/deployment';
import { ask, type Temporal } from './connection';

export type EndAnswer<Result = DeploymentResult> =
  | { kind: 'ended'; result: Result }
  /** The workflow ended without a result: somebody terminated it, or it failed. */
  | { kind: 'stopped'; message: string }
  | { kind: 'not-found' };

/**
 * Waits for the result of a deployment, or of the drain after it.
 * @throws TemporalError when the server cannot be asked, or `no-answer` when it does not end in time
 */
export async function resultOf<Result = DeploymentResult>(input: {
  temporal: Temporal;
  /** Of the deployment or the drain. */
  id: string;
  withinMs: number;
}): Promise<EndAnswer<Result>> {
  const { temporal, id, withinMs } = input;
  try {
    const result = await ask({
      temporal,
      doing: `waiting for the result of ${id}`,
      withinMs,
      ask: () => temporal.client.workflow.getHandle(id).result() as Promise<Result>,
      pass: (error) => endAnswerOf(error, id) !== null,
    });
    return { kind: 'ended', result };
  } catch (error) {
    const answer = endAnswerOf(error, id);
    if (answer === null) throw error;
    return answer;
  }
}

function endAnswerOf(error: unknown, id: string): Exclude<EndAnswer, { kind: 'ended' }> | null {
  if (error instanceof WorkflowNotFoundError) return { kind: 'not-found' };
  if (!(error instanceof WorkflowFailedError)) return null;
  const cause = error.cause?.message;
  const said = cause === undefined || cause === error.message ? error.message : `${error.message}: ${cause}`;
  return {
    kind: 'stopped',
    message:
      `the workflow ${id} ended without a result (${said}): nobody is looking after its traffic and ` +
      'servers. See how things stand, and finish it or go back, with: fleetshift recover <service file>',
  };
}
