/** Moves traffic to new in steps; each is written, read back and judged before the next. */
import { plannedGates, stepsFrom } from '../../domain/steps';
import type { Cause, DeploymentRun } from '../run';
import { isOutOfTime } from '../calls';
import { growClone } from './clone';
import { awaitReady } from './ready';
import { guardGate, guardStep, guardWhileHeld, underGuard } from './guard';
import { moveTraffic } from './traffic';
import { tellWayBack } from './way-back';

export async function shift(run: DeploymentRun): Promise<Cause | null> {
  const steps = stepsFrom(run.plan.stepPercents, run.lastWrite.newPercent);
  const last = steps.length - 1;
  return run.phase('shift', run.service.limits.cloneSeconds, async () => {
    await tellWayBack(run);
    // When everything was promoted the steps in between are not written.
    const after = (index: number) => (run.promotion === 'all' ? Math.max(index + 1, last) : index + 1);
    for (let index = 0; index <= last; index = after(index)) {
      const cause = await step(run, { index, count: steps.length, newPercent: steps[index] ?? 100 });
      if (cause) return cause;
    }
    return null;
  });
}

interface Step {
  index: number;
  count: number;
  newPercent: number;
}

async function step(run: DeploymentRun, next: Step): Promise<Cause | null> {
  run.progress.step = next;
  return (
    (await guardWhileHeld(run)) ??
    (await underGuard(run, (interrupted) => matchOld(run, interrupted))) ??
    (await moveTraffic(run, next.newPercent)) ??
    (await guardStep(run, run.service.shift.stepSeconds)) ??
    (await gateAfter(run, next))
  );
}

async function gateAfter(run: DeploymentRun, { newPercent }: Step): Promise<Cause | null> {
  const { stepPercents } = run.plan;
  const gates = plannedGates({ stepPercents, gatePercents: run.service.shift.gatePercents });
  return gates.includes(newPercent) ? guardGate(run, newPercent) : null;
}

/** Repeated at every step: both fleets follow an old fleet that grows with its demand. */
async function matchOld(run: DeploymentRun, interrupted: () => boolean): Promise<Cause | null> {
  return (await alignSizes(run, interrupted)) ?? awaitReady(run, 1, interrupted);
}

/**
 * A writer is always awaited, so each is given a short time: in between, harm and an abort are acted on. All together have
 * the limit of the phase.
 */
async function alignSizes(run: DeploymentRun, interrupted: () => boolean): Promise<Cause | null> {
  const trySeconds = triesOfWriter * run.timeouts.writerSeconds;
  const untilMs = Date.now() + run.service.limits.cloneSeconds * 1000;
  while (!interrupted()) {
    try {
      await freezeOld(run, trySeconds);
      await growClone(run, trySeconds);
      return null;
    } catch (error) {
      if (!isOutOfTime(error) || Date.now() >= untilMs) throw error;
    }
  }
  return run.abortAsked ? run.abortCause() : null;
}

const triesOfWriter = 2;

async function freezeOld(run: DeploymentRun, trySeconds: number): Promise<void> {
  const { minSize, desiredCapacity } = await run.write('read the size of old', trySeconds).sizeOfOld(run.onPlan);
  run.noteMinSize(minSize);
  if (minSize >= desiredCapacity) return;
  // Known before it is written: what is found of it later is ours, whatever became of the answer.
  run.rememberFreeze(desiredCapacity);
  await run.write('floor the size of old', trySeconds).freezeOld({ ...run.onPlan, minSize: desiredCapacity });
}
