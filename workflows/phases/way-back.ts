/** Tells how to go back by hand before any traffic moves, for the day that Temporal itself is down. */
import type { Cause, DeploymentRun } from '../run';

export async function tellWayBack(run: DeploymentRun): Promise<Cause | null> {
  const answer = await run.watch('note the way back by hand', (activities) => activities.readWayBack(run.onPlan));
  if ('kind' in answer) return run.abortCause();
  const { roleArn } = run.service;
  const whose = roleArn === undefined ? '' : ` with credentials of ${roleArn}`;
  // Also goes to the worker's log, where it can be read when nothing else answers.
  run.notice(
    `way back by hand, should Temporal and Fleetshift be out of reach${whose}: this gives all traffic to ${run.plan.old.groupName}\n${answer.commands.join('\n')}`,
  );
  return null;
}
