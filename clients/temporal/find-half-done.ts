import type { RecoveryAnswer, RecoveryInput } from '../../domain/recovery';
import { serviceKey, type ServiceConfig } from '../../domain/service-file';
import { recoveryWorkflowId, workflowTypes } from '../../workflows/messages';
import { ask, type Temporal } from './connection';

/** How long a worker may look; AWS is asked for everything that carries the service's tags. */
const answerWithinMs = 90_000;

/**
 * Lets a worker look for deployments that Temporal has lost half-way.
 * @throws TemporalError when the server cannot be asked, or no worker answers
 */
export async function findHalfDone(input: { temporal: Temporal; service: ServiceConfig }): Promise<RecoveryAnswer> {
  const { temporal, service } = input;
  const key = serviceKey(service);
  return ask({
    temporal,
    doing: `looking for half-done deployments of ${key}, which a worker on "${temporal.settings.taskQueue}" does,`,
    withinMs: answerWithinMs,
    ask: () =>
      temporal.client.workflow.execute<(input: RecoveryInput) => Promise<RecoveryAnswer>>(workflowTypes.recovery, {
        workflowId: recoveryWorkflowId(key),
        taskQueue: temporal.settings.taskQueue,
        // Two who look at once see the same.
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowExecutionTimeout: answerWithinMs,
        args: [{ service }],
        staticSummary: `look for half-done deployments of ${key}`,
      }),
  });
}
