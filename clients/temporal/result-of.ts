import { WorkflowFailedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { DeploymentResult } from '../../domain/deployment';
import { ask, type Temporal } from './connection';

export type EndAnswer =
  | { kind: 'ended'; result: DeploymentResult }
  /** The workflow ended without a result: somebody terminated it, or it failed. */
  | { kind: 'stopped'; message: string }
  | { kind: 'not-found' };

/**
 * Waits for the deployment's result.
 * @throws TemporalError when the server cannot be asked, or `no-answer` when the deployment does not end in time
 */
export async function resultOf(input: {
  temporal: Temporal;
  deploymentId: string;
  withinMs: number;
}): Promise<EndAnswer> {
  const { temporal, deploymentId, withinMs } = input;
  try {
    const result = await ask({
      temporal,
      doing: `waiting for the result of ${deploymentId}`,
      withinMs,
      ask: () => temporal.client.workflow.getHandle(deploymentId).result() as Promise<DeploymentResult>,
      pass: (error) => endAnswerOf(error, deploymentId) !== null,
    });
    return { kind: 'ended', result };
  } catch (error) {
    const answer = endAnswerOf(error, deploymentId);
    if (answer === null) throw error;
    return answer;
  }
}

function endAnswerOf(error: unknown, deploymentId: string): EndAnswer | null {
  if (error instanceof WorkflowNotFoundError) return { kind: 'not-found' };
  if (!(error instanceof WorkflowFailedError)) return null;
  const cause = error.cause?.message;
  const said = cause === undefined || cause === error.message ? error.message : `${error.message}: ${cause}`;
  return {
    kind: 'stopped',
    message:
      `the workflow ${deploymentId} ended without a result (${said}): nobody is looking after its traffic and ` +
      'servers. Check the split on the load balancer and the Auto Scaling groups tagged fleetshift:deployment.',
  };
}
