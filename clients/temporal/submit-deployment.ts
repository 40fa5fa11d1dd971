import { createHash, randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { SubmitAnswer, SubmitInput } from '../../domain/deployment';
import { serviceKey } from '../../domain/service-file';
import { serviceWorkflowId, submitUpdate, workflowTypes } from '../../workflows/messages';
import { ask, type Temporal } from './connection';
import { recordedAnswer } from './recorded-answer';
import { serviceStart } from './service-start';

/** `unknown`: it may or may not have been taken; asking again with the same idempotency key is safe and tells. */
export type SubmitOutcome = SubmitAnswer | { kind: 'unknown'; message: string };

/**
 * Asks the service's workflow, started when there is none, to begin a deployment.
 *
 * Asking twice with the same input is one deployment, even when the first answer was lost or no worker is up: the
 * update's id is derived from the input, and Temporal keeps the answer.
 * @throws TemporalError when the server cannot be asked
 */
export async function submitDeployment(input: {
  temporal: Temporal;
  submit: SubmitInput;
  /** How long a worker may take to answer; 15 s unless told. */
  answerWithinMs?: number;
}): Promise<SubmitOutcome> {
  const { temporal, submit, answerWithinMs = 15_000 } = input;
  const workflowId = serviceWorkflowId(serviceKey(submit.service));
  const updateId = updateIdOf(submit);

  const recorded = await recordedAnswer({ temporal, workflowId, updateId });
  if (recorded?.kind === 'admitted') return { ...recorded, repeated: true };
  // A refusal is not for ever (the service may be free by now), and Temporal would repeat the recorded one.
  const askedAs = recorded === null ? updateId : `${updateId}-${randomUUID()}`;
  return update({ temporal, submit, updateId: askedAs, answerWithinMs });
}

/** Of everything that is asked, so that a key used again for something else reaches the workflow, which refuses it. */
function updateIdOf(submit: SubmitInput): string {
  return `submit-${createHash('sha256').update(JSON.stringify(submit)).digest('hex')}`;
}

async function update(input: {
  temporal: Temporal;
  submit: SubmitInput;
  updateId: string;
  answerWithinMs: number;
}): Promise<SubmitOutcome> {
  const { temporal, submit, updateId, answerWithinMs } = input;
  const startWorkflowOperation = new WithStartWorkflowOperation(
    workflowTypes.service,
    serviceStart(temporal, serviceKey(submit.service)),
  );
  try {
    return await ask({
      temporal,
      doing: `submitting a deployment of ${serviceKey(submit.service)}`,
      withinMs: answerWithinMs,
      ask: () =>
        temporal.client.workflow.executeUpdateWithStart(submitUpdate, {
          args: [submit],
          updateId,
          startWorkflowOperation,
        }),
      pass: (error) => outcomeOf(error, temporal, answerWithinMs) !== null,
    });
  } catch (error) {
    const outcome = outcomeOf(error, temporal, answerWithinMs);
    if (outcome === null) throw error;
    return outcome;
  }
}

/** Errors of the SDK that are answers; null for all others. */
function outcomeOf(error: unknown, { settings }: Temporal, answerWithinMs: number): SubmitOutcome | null {
  if (error instanceof WorkflowUpdateFailedError) {
    if (isCutOff(error)) {
      return { kind: 'unknown', message: "the service's workflow ended with the request in hand; ask again" };
    }
    return { kind: 'refused', code: 'invalid', message: error.cause?.message ?? error.message };
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    const message =
      `no worker on the task queue "${settings.taskQueue}" answered within ${answerWithinMs / 1000} s; ` +
      'the deployment may still begin when one comes';
    return { kind: 'unknown', message };
  }
  // The service's workflow went over to a new run with the update in hand.
  if (error instanceof WorkflowNotFoundError) {
    return { kind: 'unknown', message: "the service's workflow was being renewed; it is not known what it took" };
  }
  return null;
}

/** Somebody terminated the workflow: the server itself fails what it had accepted, whatever had become of it. */
export function isCutOff(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === 'AcceptedUpdateCompletedWorkflow';
}
