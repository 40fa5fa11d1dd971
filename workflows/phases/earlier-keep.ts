/** The generation before old is no longer what old came from: its drain need not keep it for a way back. */
import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import { supersededSignal } from '../messages';
import type { DeploymentRun } from '../run';

export async function endEarlierKeep(run: DeploymentRun): Promise<void> {
  const { drainId } = run.plan.old;
  if (drainId === null) return;
  try {
    await getExternalWorkflowHandle(drainId).signal(supersededSignal, { by: run.progress.deploymentId });
  } catch (error) {
    log.info('the generation before old is gone already', { drainId, answer: String(error) });
  }
}
