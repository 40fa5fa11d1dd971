import type { WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Outcome, RequestNote } from '../../domain/deployment';
import type { Verb } from '../../domain/control';
import { controlSignals } from '../../workflows/messages';
import { ask, type Temporal } from './connection';
import { describeDeployment } from './read-deployment';
import { resultOf } from './result-of';

export type SignalAnswer =
  /** Temporal has it; the workflow acts on it at its next turn, whatever becomes of us. */
  | { kind: 'sent' }
  | { kind: 'not-found' }
  /** The outcome is null when the workflow ended without a result. */
  | { kind: 'already-ended'; outcome: Outcome | null };

/**
 * Sends an operator's wish to a deployment.
 * @throws TemporalError when the server cannot be asked
 */
export async function signalDeployment(input: {
  temporal: Temporal;
  deploymentId: string;
  verb: Verb;
  note: RequestNote;
}): Promise<SignalAnswer> {
  const { temporal, deploymentId, verb, note } = input;
  const description = await describeDeployment({ temporal, deploymentId });
  if (description === null) return { kind: 'not-found' };
  if (description.closeTime !== undefined) return alreadyEnded(temporal, description);
  try {
    await ask({
      temporal,
      doing: `sending ${verb} to ${deploymentId}`,
      withinMs: 5_000,
      ask: () => temporal.client.workflow.getHandle(deploymentId).signal(controlSignals[verb], note),
      pass: (error) => error instanceof WorkflowNotFoundError,
    });
    return { kind: 'sent' };
  } catch (error) {
    // It ended between the two questions.
    if (error instanceof WorkflowNotFoundError) return alreadyEnded(temporal, description);
    throw error;
  }
}

async function alreadyEnded(temporal: Temporal, description: WorkflowExecutionDescription): Promise<SignalAnswer> {
  const ended = await resultOf({ temporal, deploymentId: description.workflowId, withinMs: 5_000 });
  return { kind: 'already-ended', outcome: ended.kind === 'ended' ? ended.result.outcome : null };
}
