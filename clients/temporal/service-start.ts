import { serviceWorkflowId } from '../../workflows/messages';
import type { Temporal } from './connection';

/** How a service's workflow is started when there is none; the one that runs is left as it is. */
export function serviceStart({ settings }: Temporal, serviceKey: string) {
  return {
    workflowId: serviceWorkflowId(serviceKey),
    taskQueue: settings.taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    args: [] as [],
    staticSummary: `Deployments of ${serviceKey}`,
  };
}
