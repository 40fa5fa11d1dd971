/** New has everything but the holdback; the judge goes on, then the rest moves and the result is known. */
import type { Cause, DeploymentRun } from '../run';
import { guardBake, guardWhilePaused, underGuard } from './guard';
import { moveTraffic } from './traffic';
import { awaitReady } from './ready';

export async function bake(run: DeploymentRun): Promise<Cause | null> {
  return run.phase(
    'bake',
    run.service.limits.cloneSeconds,
    async () =>
      (await guardBake(run, run.service.bakeSeconds)) ??
      (await underGuard(run, (interrupted) => awaitReady(run, 1, interrupted))) ??
      (await guardWhilePaused(run)) ??
      (await moveTraffic(run, 100)),
  );
}
