/** Read-only: what will be touched, under leases so that it stays as it was read; or why nothing may be. */
import { condition } from '@temporalio/workflow';
import type { DeploymentResult } from '../../domain/deployment';
import { leasedArns } from '../../domain/leases';
import { pauseSeconds } from '../../domain/pace';
import { releaseLeases } from '../leases';
import type { Cause, DeploymentRun } from '../run';
import { takeLeases } from './lease';

const planLimitSeconds = 300;
/** A drain that waits for a route looks every `pollSeconds`, and must find it free. */
const drainLooks = 3;

/** Answers the final result when the deployment ends here, with nothing made. */
export async function plan(run: DeploymentRun): Promise<DeploymentResult | null> {
  const cause = await run.phase('plan', planLimitSeconds, async () => {
    run.timeouts = await run.write('read the worker’s timeouts').workerTimeouts();
    const untilMs = Date.now() + run.service.limits.queueSeconds * 1000;
    let fullSinceMs: number | null = null;
    for (;;) {
      const cause = (await takeLeases(run, () => planInput(run), untilMs)) ?? (await makePlan(run));
      if (cause && !('noRoom' in cause)) return cause;
      if (cause) {
        if (fullSinceMs === null) run.notice(`waiting: ${cause.noRoom}`);
        fullSinceMs ??= Date.now();
        const over = await waitForRoom(run, cause, { fullSinceMs, untilMs });
        if (over) return over;
        continue;
      }
      // Between the two a route may have come or gone; and what was read before a pause is old after it.
      if (holdsAll(run) && run.progress.pause === null) return null;
      const stopped = await run.untilResumed();
      if (stopped) return stopped;
    }
  });
  if (!cause) return null;
  return run.finish(cause.outcome === 'aborted' ? 'aborted' : 'refused', cause.reason);
}

interface NoRoom {
  noRoom: string;
}

async function makePlan(run: DeploymentRun): Promise<Cause | NoRoom | null> {
  const answer = await run.watch('plan the deployment', (activities) => activities.planDeployment(planInput(run)));
  if (answer.kind === 'interrupted') return run.abortCause();
  if (answer.kind === 'planned') {
    run.usePlan(answer.plan);
    return null;
  }
  const reason = answer.problems.join('\n');
  return answer.makesRoom ? { noRoom: reason } : { outcome: 'rolled-back', reason };
}

/** Drains leave the routes only while nobody else holds them: what waits its turn must not be what keeps it from coming. */
async function waitForRoom(
  run: DeploymentRun,
  { noRoom }: NoRoom,
  { fullSinceMs, untilMs }: { fullSinceMs: number; untilMs: number },
): Promise<Cause | null> {
  const { whenBusy, pollSeconds } = run.service;
  if (whenBusy === 'refuse' || Date.now() >= untilMs) return { outcome: 'rolled-back', reason: noRoom };
  await releaseLeases(run);
  run.leases = [];
  const pause = pauseSeconds({ waitedMs: Date.now() - fullSinceMs, pollSeconds: drainLooks * pollSeconds });
  await condition(() => run.abortAsked, pause * 1000);
  return run.abortAsked ? run.abortCause() : null;
}

function planInput({ input, service }: DeploymentRun) {
  return {
    service,
    uuid: input.uuid,
    number: input.number,
    imageId: input.revision.imageId,
    ...(input.undoes === undefined ? {} : { undoes: input.undoes }),
    ...(input.recovery ? { recovery: input.recovery.way } : {}),
    deadlineMs: Date.now() + planLimitSeconds * 1000,
  };
}

function holdsAll(run: DeploymentRun): boolean {
  return leasedArns(run.plan).every((arn) => run.leases.some((held) => held.arn === arn));
}
