/** One change of weights: written, read back, and never over somebody else's edit. */
import { sleep } from '@temporalio/workflow';
import type { Hold } from '../../domain/deployment';
import { limitingHold } from '../../domain/holds';
import type { Cause, DeploymentRun } from '../run';
import { deadlineOf, guardWhileHeld, holdExpired, underGuard } from './guard';
import { awaitReady } from './ready';

export async function moveTraffic(run: DeploymentRun, newPercent: number): Promise<Cause | null> {
  let writeMs: number | null = null;
  let unreadSinceMs: number | null = null;
  let hasWaitedForHealth = false;
  for (;;) {
    const stopped = await guardWhileHeld(run);
    if (stopped) return stopped;
    writeMs ??= Date.now();
    run.askedPercents.add(newPercent);
    run.writing = newPercent;
    const answer = await run
      .write(`give ${newPercent} % of the traffic to new`, run.service.limits.readBackSeconds)
      .writeSplit({ ...run.onPlan, newPercent, ourPercents: run.ourPercents(), newWanted: run.newWanted });
    switch (answer.kind) {
      case 'written':
        run.writing = null;
        run.progress.split = { newPercent };
        run.lastWrite = { writeMs, readBackMs: answer.readBackMs, newPercent };
        run.notice(`${newPercent} % on new, read back`);
        return null;
      case 'unhealthy': {
        const reason = `the new fleet is not healthy enough: ${answer.detail}`;
        if (hasWaitedForHealth) return { outcome: 'rolled-back', reason };
        // One read may be of a balancer that is just changing; the guard decides on those that follow.
        hasWaitedForHealth = true;
        run.notice(`${reason}; waiting once until every server is healthy`);
        const cause = await underGuard(run, (interrupted) => awaitReady(run, 1, interrupted));
        if (cause) return cause;
        break;
      }
      case 'not-read-back': {
        unreadSinceMs ??= Date.now();
        if (Date.now() - unreadSinceMs >= run.service.limits.readBackSeconds * 1000) {
          return { outcome: 'rolled-back', reason: `a weight could not be read back: ${answer.detail}` };
        }
        await sleep(run.service.pollSeconds * 1000, { summary: 'look at the routes again' });
        break;
      }
      case 'foreign-edit': {
        const cause = await holdForForeignEdit(run, answer.detail);
        if (cause) return cause;
      }
    }
  }
}

/** Waits, while the judge goes on, until the routes are as we wrote them. */
async function holdForForeignEdit(run: DeploymentRun, detail: string): Promise<Cause | null> {
  run.holdFor([...withoutForeignEdit(run), { reason: 'foreign-edit', detail }]);
  const limiting = limitingHold(run.progress.holds);
  return underGuard(run, async (interrupted) => {
    const answer = await run.watch(
      'wait until the routes are as written',
      (activities) =>
        activities.watchRoutes({ ...run.onPlan, ourPercents: run.ourPercents(), deadlineMs: deadlineOf(limiting) }),
      interrupted,
    );
    if (answer.kind === 'late') return holdExpired(run, limiting);
    if (answer.kind === 'ours') run.holdFor(withoutForeignEdit(run));
    return null;
  });
}

function withoutForeignEdit(run: DeploymentRun): Hold[] {
  return run.progress.holds.filter(({ reason }) => reason !== 'foreign-edit');
}
