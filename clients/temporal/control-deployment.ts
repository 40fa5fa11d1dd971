import {
  type WorkflowExecutionDescription,
  WorkflowUpdateFailedError,
  type WorkflowUpdateHandle,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { ControlAnswer, ControlRequest, Ruling, Verb } from '../../domain/control';
import { drainIdOf, type DeploymentResult, type DrainResult } from '../../domain/deployment';
import { controlSignals, controlUpdates } from '../../workflows/messages';
import { ask, type Temporal } from './connection';
import { describeRun } from './describe-run';
import { rollBackAfterDrain } from './late-rollback';
import { resultOf } from './result-of';
import { isCutOff } from './submit-deployment';

/** What became of a verb; `id` is who heard it, which after the end of a deployment is its drain. */
export type ControlOutcome =
  /** `state` is null when who ruled on it has ended. */
  | (Ruling & { id: string; state: ControlAnswer['state'] | null })
  /** Nobody answered; Temporal keeps the request, and it is ruled on later. */
  | { kind: 'sent'; id: string; message: string }
  /** A worker is at work on it, and has not said what becomes of it; asked again with its key, that is waited for anew. */
  | { kind: 'heard'; id: string; message: string }
  /** It cannot be read by who got it; nothing was changed. */
  | { kind: 'invalid'; id: string; message: string }
  /** It has ended, with this outcome or ending; null when it ended without a result. */
  | { kind: 'ended'; id: string; outcome: DeploymentResult['outcome'] | DrainResult['ending'] | null }
  | { kind: 'not-found' };

export interface ControlInput {
  temporal: Temporal;
  /** Of a deployment or a drain. */
  id: string;
  verb: Verb;
  /** With its key, so that it counts once however often it is heard. */
  request: ControlRequest & { idempotencyKey: string };
  /** How long a worker may take to hear it before the request is left to Temporal; 5 s unless told. */
  answerWithinMs?: number;
  /**
   * How long who heard it may then take to rule on it; 90 s unless told. All rule as they hear, but on a rollback a drain
   * rules when it has seen how things stand, and an earlier writer's last write can no longer come.
   */
  ruleWithinMs?: number;
}

/**
 * Asks a deployment for something, or the drain after it. What comes after a deployment has succeeded is asked of its
 * drain, which has the old fleet: all but a promote, because one that was meant for a gate or the bake must not give up
 * the instant way back only because it came late.
 * @throws TemporalError when the server cannot be asked
 */
export async function controlDeployment(input: ControlInput): Promise<ControlOutcome> {
  const answer = await askRun(input);
  if (answer.kind !== 'ended' || answer.outcome !== 'succeeded' || input.verb === 'promote') return answer;
  const byDrain = await askRun({ ...input, id: drainIdOf(input.id) });
  return byDrain.kind === 'not-found' ? answer : byDrain;
}

async function askRun(input: ControlInput): Promise<ControlOutcome> {
  const { temporal, id } = input;
  const description = await describeRun({ temporal, id });
  if (description === null) return { kind: 'not-found' };
  return description.closeTime === undefined ? update(input) : ended(input, description);
}

/**
 * An update that no worker takes is kept in the server's memory only, so what is not answered is sent as a signal as
 * well, which is kept for good. Both may be heard then: by their key they are one.
 */
async function update(input: ControlInput): Promise<ControlOutcome> {
  const { temporal, id, verb, request, answerWithinMs = 5_000 } = input;
  try {
    const heard = await ask({
      temporal,
      doing: `asking ${id} to ${verb}`,
      withinMs: answerWithinMs,
      ask: () =>
        temporal.client.workflow.getHandle(id).startUpdate(controlUpdates[verb], {
          args: [request],
          updateId: `${verb}-${request.idempotencyKey}`,
          waitForStage: WorkflowUpdateStage.ACCEPTED,
        }),
      pass: isAnswer,
    });
    return await ruling(input, heard);
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      const { taskQueue } = temporal.settings;
      return signal(input, `no worker on the task queue "${taskQueue}" answered within ${answerWithinMs / 1000} s`);
    }
    // Whoever had it in hand was terminated.
    if (error instanceof WorkflowNotFoundError || isCutOff(error)) return afterAll(input);
    if (error instanceof WorkflowUpdateFailedError)
      return { kind: 'invalid', id, message: error.cause?.message ?? error.message };
    throw error;
  }
}

/** What a worker has heard is in the history, so that nothing need be sent once more. */
async function ruling(input: ControlInput, heard: WorkflowUpdateHandle<ControlAnswer>): Promise<ControlOutcome> {
  const { temporal, id, verb, ruleWithinMs = 90_000 } = input;
  try {
    const answer = await ask({
      temporal,
      doing: `waiting for the answer of ${id} to ${verb}`,
      withinMs: ruleWithinMs,
      ask: () => heard.result(),
      pass: isAnswer,
    });
    return { ...answer, id };
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    const message = `it is being looked at, and after ${ruleWithinMs / 1000} s not known whether it is taken or refused`;
    return { kind: 'heard', id, message };
  }
}

function isAnswer(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    error instanceof WorkflowUpdateFailedError ||
    error instanceof WorkflowNotFoundError
  );
}

async function signal(input: ControlInput, why: string): Promise<ControlOutcome> {
  const { temporal, id, verb, request } = input;
  try {
    await ask({
      temporal,
      doing: `sending ${verb} to ${id}`,
      withinMs: 5_000,
      ask: () => temporal.client.workflow.getHandle(id).signal(controlSignals[verb], request),
      pass: (error) => error instanceof WorkflowNotFoundError,
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return afterAll(input);
    throw error;
  }
  const message = `${why}; Temporal keeps the request, and it is ruled on when a worker is back`;
  return { kind: 'sent', id, message };
}

/** Who was asked is not there any more: it has just ended, or gone over to a new run, which gets a signal instead. */
async function afterAll(input: ControlInput): Promise<ControlOutcome> {
  const { temporal, id } = input;
  const description = await describeRun({ temporal, id });
  if (description === null) return { kind: 'not-found' };
  return description.closeTime === undefined
    ? signal(input, `${id} was just being renewed`)
    : ended(input, description);
}

async function ended(input: ControlInput, description: WorkflowExecutionDescription): Promise<ControlOutcome> {
  const { temporal, verb, request, answerWithinMs } = input;
  const { workflowId: id } = description;
  const answer = await resultOf<DeploymentResult | DrainResult>({ temporal, id, withinMs: 5_000 });
  if (answer.kind === 'not-found') return answer;
  if (answer.kind === 'stopped') return { kind: 'ended', id, outcome: null };
  const { result } = answer;
  if ('outcome' in result) return { kind: 'ended', id, outcome: result.outcome };
  if (verb !== 'rollback') return { kind: 'ended', id, outcome: result.ending };
  const limit = answerWithinMs === undefined ? {} : { answerWithinMs };
  const ruling = await rollBackAfterDrain({ temporal, drain: description, result, asked: request, ...limit });
  return { ...ruling, id, state: null };
}
