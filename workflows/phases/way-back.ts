/** Tells how to go back by hand before any traffic moves, for the day that Temporal itself is down. */
import { activityFailureMessage } from '../calls';
import type { DeploymentRun } from '../run';

/** It gets little time: a way back that cannot be noted is told, and is no reason to let new serve without a judge. */
export async function tellWayBack(run: DeploymentRun): Promise<void> {
  const commands = await readCommands(run);
  if (commands === null) return;
  const { roleArn } = run.service;
  const whose = roleArn === undefined ? '' : ` with credentials of ${roleArn}`;
  // Also goes to the worker's log, where it can be read when nothing else answers.
  run.notice(
    `way back by hand, should Temporal and Fleetshift be out of reach${whose}: this gives all traffic to ${run.plan.old.groupName}\n${commands.join('\n')}`,
  );
}

async function readCommands(run: DeploymentRun): Promise<string[] | null> {
  try {
    const reading = run.write('note the way back by hand', 2 * run.timeouts.writerSeconds);
    return (await reading.readWayBack(run.onPlan)).commands;
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    run.notice(`the way back by hand could not be noted: ${message}`);
    return null;
  }
}
