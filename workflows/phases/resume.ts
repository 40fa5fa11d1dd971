/** Goes on with a deployment that Temporal had lost, or was told to begin anew, from where its things stand in AWS. */
import type { RecoveredStand } from '../../domain/recovered-plan';
import type { Cause, DeploymentRun } from '../run';
import { bake } from './bake';
import { clone } from './clone';
import { openGuard } from './guard';
import { prepare } from './prepare';
import { ready } from './ready';
import { shift } from './shift';
import { moveTraffic } from './traffic';

const everything = 100;

export async function resume(run: DeploymentRun, stand: RecoveredStand): Promise<Cause | null> {
  adopt(run, stand);
  const { lowestPercent, highestPercent } = stand;
  const { recovery } = run.input;
  if (recovery?.way === 'back') return { outcome: 'rolled-back', reason: `recovered to go back, ${whoAndWhy(run)}` };
  run.notice(
    recovery ? `recovered to finish, ${whoAndWhy(run)}` : 'it had begun before, and goes on from what is there',
  );
  // Old has perhaps left the routes already, and must not come back into them.
  if (lowestPercent === everything) return null;
  const cause = await (highestPercent > 0 ? evenRoutes(run, highestPercent) : untilReady(run));
  if (cause !== null || highestPercent === everything) return cause;
  return (await shift(run)) ?? (await bake(run));
}

async function untilReady(run: DeploymentRun): Promise<Cause | null> {
  return (await prepare(run)) ?? (await clone(run)) ?? (await ready(run));
}

/** What is found is ours: it was written before Temporal lost the deployment. */
function adopt(run: DeploymentRun, { lowestPercent, highestPercent, oldMinSize, newMinSize }: RecoveredStand): void {
  run.askedPercents.add(lowestPercent).add(highestPercent);
  run.lastWrite = { writeMs: Date.now(), readBackMs: Date.now(), newPercent: lowestPercent };
  run.newWanted = newMinSize;
  if (oldMinSize !== run.plan.old.minSize) run.rememberFreeze(oldMinSize);
}

/** A write may have reached some routes only; new is judged from the first moment on. */
async function evenRoutes(run: DeploymentRun, newPercent: number): Promise<Cause | null> {
  return run.phase('shift', run.service.limits.cloneSeconds, async () => {
    openGuard(run, run.service.shift.stepSeconds);
    return moveTraffic(run, newPercent);
  });
}

function whoAndWhy({ input }: DeploymentRun): string {
  return `asked for by ${input.requestedBy}${input.reason === '' ? '' : `: ${input.reason}`}`;
}
