import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { DeploymentProgress, DeploymentResult } from '../../domain/deployment';
import { progressQuery } from '../../workflows/messages';
import type { Temporal } from './connection';
import { describeRun, isDrainId } from './describe-run';
import { answerOf } from './answer-of';
import { liveReportsOf, liveTextsOf, withLiveReports } from './live-reports';
import { progressFromRecord } from './progress-from-record';
import { type DrainView, readDrain } from './read-drain';
import { resultOf } from './result-of';

export type ReadAnswer =
  | {
      kind: 'found';
      progress: DeploymentProgress;
      /** `workflow`: a worker told. `record`: no worker answered, so this is what Temporal itself has kept. */
      source: 'workflow' | 'record';
      /** What the watchers that run now say they see, and what is being tried again and why; changes all the time. */
      live: string[];
      /** Why the workflow ended without a result (terminated, failed); null for all that ended well or still run. */
      stopped: string | null;
      /** How its old fleet leaves; null before its success, and when Temporal no longer keeps that. */
      drain: DrainView | null;
    }
  | { kind: 'not-found' };

/**
 * Reads how a deployment stands: the workflow's own view, with what its watchers have seen since. Falls back to
 * Temporal's record (input, search attributes, result) when no worker answers.
 * @throws TemporalError when the server cannot be asked
 */
export async function readDeployment(input: {
  temporal: Temporal;
  deploymentId: string;
  /** How long a worker may take to answer before the record has to do; 5 s unless told. */
  answerWithinMs?: number;
}): Promise<ReadAnswer> {
  const { temporal, deploymentId, answerWithinMs = 5_000 } = input;
  const description = isDrainId(deploymentId) ? null : await describeRun({ temporal, id: deploymentId });
  if (description === null) return { kind: 'not-found' };

  const ending = await endingOf(temporal, description);
  const told = await answerOf({ temporal, description, query: progressQuery, answerWithinMs });
  const progress = told ?? (await progressFromRecord({ temporal, description }));
  return {
    kind: 'found',
    progress: {
      ...withLiveReports(progress, liveReportsOf(description.raw)),
      result: ending.result ?? progress.result,
    },
    source: told === null ? 'record' : 'workflow',
    live: liveTextsOf(description.raw),
    stopped: ending.stopped,
    drain: await drainOf({ temporal, drainId: ending.result?.drainId ?? null, answerWithinMs }),
  };
}

async function drainOf(input: {
  temporal: Temporal;
  drainId: string | null;
  answerWithinMs: number;
}): Promise<DrainView | null> {
  const { temporal, drainId, answerWithinMs } = input;
  if (drainId === null) return null;
  const answer = await readDrain({ temporal, drainId, answerWithinMs });
  return answer.kind === 'found' ? answer.drain : null;
}

async function endingOf(
  temporal: Temporal,
  description: WorkflowExecutionDescription,
): Promise<{ result: DeploymentResult | null; stopped: string | null }> {
  if (description.closeTime === undefined) return { result: null, stopped: null };
  const ended = await resultOf({ temporal, id: description.workflowId, withinMs: 5_000 });
  return ended.kind === 'ended'
    ? { result: ended.result, stopped: null }
    : { result: null, stopped: ended.kind === 'stopped' ? ended.message : null };
}
