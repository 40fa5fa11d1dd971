/** Read-only: what will be touched, or why nothing may be. */
import type { DeploymentResult } from '../../domain/deployment';
import type { DeploymentRun } from '../run';

const planLimitSeconds = 300;

/** Answers the final result when the deployment ends here, with nothing made. */
export async function plan(run: DeploymentRun): Promise<DeploymentResult | null> {
  const { input } = run;
  const cause = await run.phase('plan', planLimitSeconds, async () => {
    run.timeouts = await run.write('read the worker’s timeouts').workerTimeouts();
    const answer = await run.watch('plan the deployment', (activities) =>
      activities.planDeployment({
        service: run.service,
        uuid: input.uuid,
        number: input.number,
        imageId: input.revision.imageId,
        deadlineMs: Date.now() + planLimitSeconds * 1000,
      }),
    );
    if (answer.kind === 'interrupted') return run.abortCause();
    if (answer.kind === 'refused') return { outcome: 'rolled-back', reason: answer.problems.join('\n') };
    run.usePlan(answer.plan);
    return run.untilResumed();
  });
  if (!cause) return null;
  return run.finish(cause.outcome === 'aborted' ? 'aborted' : 'refused', cause.reason);
}
