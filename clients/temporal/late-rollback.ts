/** A rollback for which the old fleet is no longer kept. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { rule, type ControlRequest, type Ruling } from '../../domain/control';
import type { DrainResult } from '../../domain/deployment';
import {
  type DrainRecord,
  type LateRollback,
  requestAgain,
  rulingOnRequest,
  undoneBy,
} from '../../domain/late-rollback';
import type { Temporal } from './connection';
import { describeRun } from './describe-run';
import { inputOf } from './input-of';
import { resultOf } from './result-of';
import { submitDeployment } from './submit-deployment';
import { TemporalError } from './temporal-error';

/**
 * Asks the service's workflow to deploy again what ran before. Asked again it is the same deployment, for as long as that
 * runs or has succeeded; after one that has not, another one is made.
 * @throws TemporalError when the server cannot be asked, or `no-answer` when nobody tells whether it has begun
 */
export async function deployPrevious(input: {
  temporal: Temporal;
  rollback: LateRollback;
  answerWithinMs?: number;
}): Promise<Ruling> {
  const { temporal, rollback, ...limit } = input;
  for (let after: string | null = null; ;) {
    const submit = requestAgain(rollback, after);
    const answer = await submitDeployment({ temporal, submit, ...limit });
    if (answer.kind === 'unknown') {
      const what = `deploying ${submit.revision.imageId} again`;
      throw new TemporalError('no-answer', `nobody answered while ${what}: ${answer.message}.`);
    }
    if (answer.kind === 'refused' || !answer.repeated || (await stands(temporal, answer.deploymentId)))
      return rulingOnRequest(answer, submit);
    after = answer.deploymentId;
  }
}

/** Whether it runs, or has brought back what it should. */
async function stands(temporal: Temporal, id: string): Promise<boolean> {
  const description = await describeRun({ temporal, id });
  if (description === null) return false;
  if (description.closeTime === undefined) return true;
  const answer = await resultOf({ temporal, id, withinMs: 5_000 });
  return answer.kind === 'ended' && answer.result.outcome === 'succeeded';
}

/**
 * Rules on a rollback that no drain is there to hear any more, by the same table, from what the drain left behind.
 * @throws TemporalError when the server cannot be asked
 */
export async function rollBackAfterDrain(input: {
  temporal: Temporal;
  drain: WorkflowExecutionDescription;
  result: DrainResult;
  asked: ControlRequest;
  answerWithinMs?: number;
}): Promise<Ruling> {
  const { temporal, drain, result, asked, ...limit } = input;
  const undone = undoneBy(await inputOf<DrainRecord>(temporal, drain));
  const { previousImageId } = undone;
  const goingBack = result.ending === 'rolled-back' || result.trafficRestoredAtMs !== null;
  const drained = { phase: 'finished', paused: false, decided: true, waiting: null } as const;
  const ruling = rule('rollback', { ...drained, goingBack, previousImageId });
  if (ruling.kind !== 'taken' || previousImageId === null) return ruling;
  return deployPrevious({ temporal, rollback: { undone: { ...undone, previousImageId }, asked }, ...limit });
}
