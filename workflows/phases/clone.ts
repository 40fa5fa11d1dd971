/** The new group: made empty, compared with the source, then raised to the size that old has now. */
import type { Cause, DeploymentRun } from '../run';

export async function clone(run: DeploymentRun): Promise<Cause | null> {
  return run.phase('clone', run.service.limits.cloneSeconds, async () => {
    const { imageId } = run.input.revision;
    const paused = await run.untilResumed();
    if (paused) return paused;
    const template = await run
      .write('copy the launch template with the new image')
      .ensureTemplate({ ...run.onPlan, imageId });
    const pausedAgain = await run.untilResumed();
    if (pausedAgain) return pausedAgain;
    await run.write('clone the group at size 0').ensureClone({ ...run.onPlan, template });
    return (await run.untilResumed()) ?? growClone(run);
  });
}

/**
 * Raises new to what old runs now; old may have grown since.
 * @param limitSeconds the phase's limit unless told
 */
export async function growClone(run: DeploymentRun, limitSeconds?: number): Promise<null> {
  const { wanted } = await run.write('raise the clone to the live size of old', limitSeconds).sizeClone(run.onPlan);
  run.newWanted = wanted;
  run.progress.newFleet = { groupName: run.plan.names.group, wanted, healthy: run.progress.newFleet?.healthy ?? null };
  return null;
}
