import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import type { SubmitAnswer } from '../../domain/deployment';
import { ask, type Temporal } from './connection';
import { isGrpcNotFound } from './temporal-error';

/**
 * The answer that the service's current run has already given to this update; null when there is none. Needs no worker
 * and waits for nothing: an absent wait policy makes the server answer what it has.
 * @throws TemporalError when the server cannot be asked
 */
export async function recordedAnswer(input: {
  temporal: Temporal;
  workflowId: string;
  updateId: string;
}): Promise<SubmitAnswer | null> {
  const { temporal, workflowId, updateId } = input;
  try {
    const response = await ask({
      temporal,
      doing: 'looking for an earlier answer to this request',
      withinMs: 5_000,
      ask: () =>
        temporal.client.workflowService.pollWorkflowExecutionUpdate({
          namespace: temporal.settings.namespace,
          updateRef: { workflowExecution: { workflowId }, updateId },
        }),
      pass: isGrpcNotFound,
    });
    const payloads = response.outcome?.success?.payloads;
    return payloads == null ? null : fromPayloadsAtIndex<SubmitAnswer>(defaultPayloadConverter, 0, payloads);
  } catch (error) {
    if (isGrpcNotFound(error)) return null;
    throw error;
  }
}
