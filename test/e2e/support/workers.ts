import type { Child } from '../../../dev/processes/child';
import type { Stage } from './stage';

/**
 * The one of these workers that is running an activity of the workflow now.
 * @throws Error when none of them is
 */
export async function workerAtWork(stage: Stage, workflowId: string, workers: readonly Child[]): Promise<Child> {
  const { raw } = await stage.temporal.client.workflow.getHandle(workflowId).describe();
  // An identity is `<pid>@<host>`.
  const identities = (raw.pendingActivities ?? []).map((activity) => activity.lastWorkerIdentity ?? '');
  const found = workers.find((worker) => identities.some((identity) => identity.startsWith(`${worker.pid}@`)));
  if (!found) throw new Error(`none of the workers is at work on ${workflowId}, but ${identities.join(', ')}`);
  return found;
}
