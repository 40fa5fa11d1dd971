import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import { ask, type Temporal } from './connection';
import { TemporalError } from './temporal-error';

/**
 * What a workflow was started with: the first event of its history, which needs no worker.
 * @throws TemporalError when the server cannot be asked, or when there was no input
 */
export async function inputOf<Input>(temporal: Temporal, description: WorkflowExecutionDescription): Promise<Input> {
  const { workflowId, runId } = description;
  const { history } = await ask({
    temporal,
    doing: `reading the input of ${workflowId}`,
    withinMs: 5_000,
    ask: () =>
      temporal.client.workflowService.getWorkflowExecutionHistory({
        namespace: temporal.settings.namespace,
        execution: { workflowId, runId },
        maximumPageSize: 1,
      }),
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  if (payloads == null || payloads.length === 0) {
    throw new TemporalError('unexpected', `the workflow ${workflowId} was started without an input; it is not ours`);
  }
  return fromPayloadsAtIndex<Input>(defaultPayloadConverter, 0, payloads);
}
