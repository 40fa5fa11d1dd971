/** Template and target groups of the new fleet, referenced at weight 0 so that AWS checks their health. */
import type { Cause, DeploymentRun } from '../run';
import { moveTraffic } from './traffic';

export async function prepare(run: DeploymentRun): Promise<Cause | null> {
  return run.phase('prepare', run.service.limits.cloneSeconds, async () => {
    const paused = await run.untilResumed();
    if (paused) return paused;
    await run.write('make target groups like those of old').ensureTargetGroups(run.onPlan);
    return moveTraffic(run, 0);
  });
}
