/** Moves traffic to new in steps; each is written, read back and judged before the next. */
import type { Cause, DeploymentRun } from '../run';
import { growClone } from './clone';
import { awaitReady } from './ready';
import { guardStep, guardWhilePaused, underGuard } from './guard';
import { moveTraffic } from './traffic';

export async function shift(run: DeploymentRun): Promise<Cause | null> {
  const steps = run.plan.stepPercents;
  return run.phase('shift', run.service.limits.cloneSeconds, async () => {
    for (const [index, newPercent] of steps.entries()) {
      const cause = await step(run, { index, count: steps.length, newPercent });
      if (cause) return cause;
    }
    return null;
  });
}

async function step(
  run: DeploymentRun,
  next: { index: number; count: number; newPercent: number },
): Promise<Cause | null> {
  run.progress.step = next;
  return (
    (await freezeOld(run)) ??
    (await growClone(run)) ??
    (await underGuard(run, (interrupted) => awaitReady(run, 1, interrupted))) ??
    (await guardWhilePaused(run)) ??
    (await moveTraffic(run, next.newPercent)) ??
    (await guardStep(run, run.service.shift.stepSeconds))
  );
}

/** Repeated at every step: the floor follows an old fleet that grows with its demand. */
async function freezeOld(run: DeploymentRun): Promise<null> {
  const { minSize } = await run.write('floor the size of old').freezeOld(run.onPlan);
  run.rememberFreeze(minSize);
  return null;
}
