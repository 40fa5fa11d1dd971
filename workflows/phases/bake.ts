/** New has everything but the holdback; the judge goes on, then the rest moves and the result is known. */
import { plannedGates } from '../../domain/steps';
import type { Cause, DeploymentRun } from '../run';
import { guardBake, guardGate, underGuard } from './guard';
import { moveTraffic } from './traffic';
import { awaitReady } from './ready';

const everything = 100;

export async function bake(run: DeploymentRun): Promise<Cause | null> {
  return run.phase('bake', run.service.limits.cloneSeconds, async () => {
    // Who promoted all steps has not promoted the bake.
    run.promotion = null;
    return (
      (await guardBake(run, run.service.bakeSeconds)) ??
      (await lastGate(run)) ??
      (await underGuard(run, (interrupted) => awaitReady(run, 1, interrupted))) ??
      (await moveTraffic(run, everything))
    );
  });
}

async function lastGate(run: DeploymentRun): Promise<Cause | null> {
  const { gatePercents } = run.service.shift;
  const gates = plannedGates({ stepPercents: run.plan.stepPercents, gatePercents });
  return gates.includes(everything) ? guardGate(run, everything) : null;
}
