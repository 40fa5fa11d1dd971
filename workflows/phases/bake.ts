/** New has everything but the holdback; the judge goes on, then the rest moves and the result is known. */
import type { Cause, DeploymentRun } from '../run';
import { guardStretch, guardWhilePaused } from './guard';
import { moveTraffic } from './traffic';
import { awaitReady } from './ready';

export async function bake(run: DeploymentRun): Promise<Cause | null> {
  return run.phase(
    'bake',
    run.service.limits.rollbackSeconds,
    async () =>
      (await guardStretch(run, { seconds: run.service.bakeSeconds, whole: true })) ??
      (await guardWhilePaused(run)) ??
      (await awaitReady(run, 1)) ??
      (await moveTraffic(run, 100)),
  );
}
