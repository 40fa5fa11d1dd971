/** The drain of a deployment, as a test talks to it. */
import { controlUpdates, drainProgressQuery } from '../../../workflows/messages';
import type { ControlAnswer, ControlRequest, Verb } from '../../../domain/control';
import { drainIdOf, type DrainProgress, type DrainResult } from '../../../domain/deployment';
import { waitUntil } from '../../support/wait-until';
import type { Stage } from './stage';

export function drainHandle(stage: Stage, deploymentId: string) {
  return stage.temporal.client.workflow.getHandle(drainIdOf(deploymentId));
}

export function untilDrain(
  stage: Stage,
  deploymentId: string,
  what: string,
  reached: (progress: DrainProgress) => boolean,
): Promise<DrainProgress> {
  const look = () => drainHandle(stage, deploymentId).query(drainProgressQuery);
  return waitUntil(what, look, { until: reached, deadlineMs: 60_000 });
}

export function askDrain(
  stage: Stage,
  deploymentId: string,
  verb: Verb,
  request: ControlRequest = {},
): Promise<ControlAnswer> {
  return drainHandle(stage, deploymentId).executeUpdate<ControlAnswer, [ControlRequest]>(controlUpdates[verb].name, {
    args: [request],
  });
}

export function drainResultOf(stage: Stage, deploymentId: string): Promise<DrainResult> {
  return drainHandle(stage, deploymentId).result() as Promise<DrainResult>;
}

export function noticesOf({ notices }: DrainProgress): string {
  return notices.map(({ text }) => text).join('\n');
}
