import { WorkflowNotFoundError } from '@temporalio/common';
import type { WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client';
import type { ExecutionFacts, Executions, ExecutionStatus, ListedExecution } from '../../domain/executions';
import { workflowTypes } from '../../workflows/messages';
import { searchAttributes } from '../../workflows/search-attributes';
import { ask, type Temporal } from './connection';
import { deployPrevious } from './late-rollback';
import { serviceStart } from './service-start';
import { quoted } from './list-deployments';

const statuses: Record<WorkflowExecutionStatusName, ExecutionStatus> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  CONTINUED_AS_NEW: 'continued-as-new',
  UNSPECIFIED: 'unknown',
  PAUSED: 'running',
  UNKNOWN: 'unknown',
};

/** How long Temporal may take to tell. */
const withinMs = 5_000;
/** More deployments of one service than this never run and wait at once. */
const listed = 50;

/** What the activities of a worker ask Temporal. */
export function executionsOf(temporal: Temporal): Executions {
  return {
    describe: (workflowId) => describe(temporal, workflowId),
    deploymentsOf: (serviceKey) => deploymentsOf(temporal, serviceKey),
    startService: (serviceKey) => startService(temporal, serviceKey),
    deployPrevious: (rollback) => deployPrevious({ temporal, rollback, answerWithinMs: withinMs }),
  };
}

async function describe(temporal: Temporal, workflowId: string): Promise<ExecutionFacts | null> {
  try {
    const found = await ask({
      temporal,
      doing: `looking for ${workflowId}`,
      withinMs,
      ask: () => temporal.client.workflow.getHandle(workflowId).describe(),
      pass: (error) => error instanceof WorkflowNotFoundError,
    });
    return factsOf(found);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function deploymentsOf(temporal: Temporal, serviceKey: string): Promise<ListedExecution[]> {
  const query = `WorkflowType = '${workflowTypes.deployment}' AND ${searchAttributes.service.name} = '${quoted(serviceKey)}'`;
  return ask({
    temporal,
    doing: `listing the deployments of ${serviceKey}`,
    withinMs,
    ask: async () => {
      const found: ListedExecution[] = [];
      for await (const workflow of temporal.client.workflow.list({ query, pageSize: listed })) {
        found.push({ workflowId: workflow.workflowId, ...factsOf(workflow) });
        if (found.length >= listed) break;
      }
      return found;
    },
  });
}

async function startService(temporal: Temporal, serviceKey: string): Promise<void> {
  await ask({
    temporal,
    doing: `starting the workflow of ${serviceKey}`,
    withinMs,
    ask: () => temporal.client.workflow.start(workflowTypes.service, serviceStart(temporal, serviceKey)),
  });
}

function factsOf(
  found: Pick<WorkflowExecutionInfo, 'status' | 'closeTime' | 'memo' | 'typedSearchAttributes'>,
): ExecutionFacts {
  return {
    status: statuses[found.status.name],
    closedAtMs: found.closeTime?.getTime() ?? null,
    memo: found.memo ?? {},
    phase: found.typedSearchAttributes.get(searchAttributes.phase) ?? null,
  };
}
