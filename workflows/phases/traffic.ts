/** One change of weights: written, read back, and never over somebody else's edit. */
import { sleep } from '@temporalio/workflow';
import type { Cause, DeploymentRun } from '../run';
import { underGuard } from './guard';

export async function moveTraffic(run: DeploymentRun, newPercent: number): Promise<Cause | null> {
  const writeMs = Date.now();
  run.askedPercents.add(newPercent);
  let unreadSinceMs: number | null = null;
  for (;;) {
    const answer = await run
      .write(`give ${newPercent} % of the traffic to new`, run.service.limits.readBackSeconds)
      .writeSplit({ ...run.onPlan, newPercent, ourPercents: oursNow(run, newPercent), newWanted: run.newWanted });
    switch (answer.kind) {
      case 'written':
        run.endHold();
        run.progress.split = { newPercent };
        run.lastWrite = { writeMs, readBackMs: answer.readBackMs, newPercent };
        run.notice(`${newPercent} % on new, read back`);
        return null;
      case 'unhealthy':
        return { outcome: 'rolled-back', reason: `the new fleet is not healthy enough: ${answer.detail}` };
      case 'not-read-back': {
        unreadSinceMs ??= Date.now();
        if (Date.now() - unreadSinceMs >= run.service.limits.readBackSeconds * 1000) {
          return { outcome: 'rolled-back', reason: `a weight could not be read back: ${answer.detail}` };
        }
        await sleep(run.service.pollSeconds * 1000, { summary: 'look at the routes again' });
        break;
      }
      case 'foreign-edit': {
        const cause = await holdForForeignEdit(run, answer.detail, newPercent);
        if (cause) return cause;
      }
    }
    if (run.abortAsked) return run.abortCause();
  }
}

/** Of a write that was lost half-way some routes have the new share and some the one before. */
function oursNow(run: DeploymentRun, newPercent: number): number[] {
  return [run.lastWrite.newPercent, newPercent];
}

/** Waits, while the judge goes on, until the routes are as we wrote them. */
async function holdForForeignEdit(run: DeploymentRun, detail: string, newPercent: number): Promise<Cause | null> {
  const hold = run.hold('foreign-edit', detail);
  return underGuard(run, async (interrupted) => {
    const answer = await run.watch(
      'wait until the routes are as written',
      (activities) =>
        activities.watchRoutes({ ...run.onPlan, ourPercents: oursNow(run, newPercent), deadlineMs: hold.untilMs }),
      interrupted,
    );
    if (answer.kind === 'late') return { outcome: 'rolled-back', reason: `a hold reached its limit: ${answer.detail}` };
    run.endHold();
    return null;
  });
}
