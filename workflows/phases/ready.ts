/** Waits until every new server is in service, healthy in every target group, and runs the image asked for. */
import type { Cause, DeploymentRun } from '../run';

export async function ready(run: DeploymentRun): Promise<Cause | null> {
  return run.phase('ready', run.service.limits.readySeconds, () => awaitReady(run, run.service.ready.healthyReads));
}

export async function awaitReady(
  run: DeploymentRun,
  healthyReads: number,
  interrupted: () => boolean = () => run.abortAsked,
): Promise<Cause | null> {
  const answer = await run.watch(
    'wait until every new server is healthy',
    (activities) =>
      activities.watchReadiness({
        ...run.onPlan,
        imageId: run.input.revision.imageId,
        wanted: run.newWanted,
        healthyReads,
        deadlineMs: Date.now() + run.service.limits.readySeconds * 1000,
      }),
    interrupted,
  );
  if (answer.kind === 'interrupted') return run.abortAsked ? run.abortCause() : null;
  if (run.progress.newFleet) run.progress.newFleet.healthy = answer.healthy;
  if (answer.kind === 'ready') return null;
  return { outcome: 'rolled-back', reason: `the new fleet did not become ready in time: ${answer.detail}` };
}
