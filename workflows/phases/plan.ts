/** Read-only: what will be touched, under leases so that it stays as it was read; or why nothing may be. */
import type { DeploymentResult } from '../../domain/deployment';
import { leasedArns } from '../../domain/leases';
import type { Cause, DeploymentRun } from '../run';
import { takeLeases } from './lease';

const planLimitSeconds = 300;

/** Answers the final result when the deployment ends here, with nothing made. */
export async function plan(run: DeploymentRun): Promise<DeploymentResult | null> {
  const cause = await run.phase('plan', planLimitSeconds, async () => {
    run.timeouts = await run.write('read the worker’s timeouts').workerTimeouts();
    const untilMs = Date.now() + run.service.limits.queueSeconds * 1000;
    for (;;) {
      const cause = (await takeLeases(run, () => planInput(run), untilMs)) ?? (await makePlan(run));
      if (cause) return cause;
      // Between the two a route may have come or gone; and what was read before a pause is old after it.
      if (holdsAll(run) && run.progress.pause === null) return null;
      const stopped = await run.untilResumed();
      if (stopped) return stopped;
    }
  });
  if (!cause) return null;
  return run.finish(cause.outcome === 'aborted' ? 'aborted' : 'refused', cause.reason);
}

async function makePlan(run: DeploymentRun): Promise<Cause | null> {
  const answer = await run.watch('plan the deployment', (activities) => activities.planDeployment(planInput(run)));
  if (answer.kind === 'interrupted') return run.abortCause();
  if (answer.kind === 'refused') return { outcome: 'rolled-back', reason: answer.problems.join('\n') };
  run.usePlan(answer.plan);
  return null;
}

function planInput({ input, service }: DeploymentRun) {
  return {
    service,
    uuid: input.uuid,
    number: input.number,
    imageId: input.revision.imageId,
    ...(input.undoes === undefined ? {} : { undoes: input.undoes }),
    ...(input.recovery ? { recovery: input.recovery.way } : {}),
    deadlineMs: Date.now() + planLimitSeconds * 1000,
  };
}

function holdsAll(run: DeploymentRun): boolean {
  return leasedArns(run.plan).every((arn) => run.leases.some((held) => held.arn === arn));
}
