/** A deployment's place in its service: waited for before anything is looked at, and given up at the end. */
import { condition, getExternalWorkflowHandle, log, setHandler } from '@temporalio/workflow';
import type { ActivityTimeouts } from '../../activities/deps';
import type { DeploymentResult, TurnNote } from '../../domain/deployment';
import { serviceKey } from '../../domain/service-file';
import { formatSeconds } from '../../domain/units';
import { activityFailureMessage, writers, type Caller } from '../calls';
import { endedSignal, serviceWorkflowId, turnSignal } from '../messages';
import type { DeploymentRun } from '../run';

/** Call before the first await. Answers the final result when the deployment ends here. */
export async function queued(run: DeploymentRun): Promise<DeploymentResult | null> {
  let { after } = run.input;
  const hear = ({ after: told, warnings }: TurnNote) => {
    after = told;
    if (run.progress.turn && told !== null) run.progress.turn.holder = told;
    warnings.forEach((warning) => run.warn(warning));
  };
  setHandler(turnSignal, (note) => hear(readTurnNote(note)));
  hear(run.input);
  if (after === null) return null;

  run.enter('queued');
  run.progress.turn = turnAfter(run, after);
  const { queueSeconds } = run.service.limits;
  const cameInTime = await condition(() => after === null || run.abortAsked, queueSeconds * 1000);
  run.progress.turn = null;
  if (!cameInTime)
    return run.finish('aborted', `waited ${formatSeconds(queueSeconds)} in the queue, and ${after} has not ended`);
  const cause = await run.untilResumed();
  return cause === null ? null : run.finish('aborted', cause.reason);
}

function turnAfter({ service, progress: { phaseSinceMs } }: DeploymentRun, holder: string) {
  return {
    holder,
    thing: serviceWorkflowId(serviceKey(service)),
    sinceMs: phaseSinceMs,
    untilMs: phaseSinceMs + service.limits.queueSeconds * 1000,
  };
}

/** What cannot be read of its payload does not count: it was sent by hand, and means: begin. Should that be too early, the leases see. */
function readTurnNote(note: Partial<TurnNote> | undefined): TurnNote {
  const { after, warnings } = note ?? {};
  const told: unknown[] = Array.isArray(warnings) ? warnings : [];
  return {
    after: typeof after === 'string' ? after : null,
    warnings: told.filter((warning) => typeof warning === 'string'),
  };
}

/** The next one may begin. A service's workflow that somebody terminated is started again: there may be one that waits. */
export async function leavePlace({ service, timeouts, progress }: DeploymentRun): Promise<void> {
  const key = serviceKey(service);
  const { deploymentId } = progress;
  try {
    await getExternalWorkflowHandle(serviceWorkflowId(key)).signal(endedSignal, { deploymentId });
  } catch (error) {
    log.warn("the service's workflow does not run and is started again", { deploymentId, error: String(error) });
    await startService(key, timeouts);
  }
}

async function startService(key: string, timeouts: ActivityTimeouts): Promise<void> {
  try {
    const caller: Caller = { timeouts, direction: 'back', limitSeconds: 60 };
    await writers(caller, "start the service's workflow").startService({ serviceKey: key });
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    log.warn("the service's workflow could not be started; the next request does so", { message });
  }
}
