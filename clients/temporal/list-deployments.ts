import type { WorkflowExecutionInfo } from '@temporalio/client';
import { type Outcome, outcomes, type Phase, phases } from '../../domain/deployment';
import { workflowTypes } from '../../workflows/messages';
import { searchAttributes } from '../../workflows/search-attributes';
import { ask, type Temporal } from './connection';

export interface DeploymentSummary {
  deploymentId: string;
  /** `name.environment.region`. */
  serviceKey: string;
  /** For people; counts per service. Null when Temporal has not kept it. */
  number: number | null;
  /** Image of the new version; null when Temporal has not kept it. */
  revision: string | null;
  requestedBy: string | null;
  startedAtMs: number;
  endedAtMs: number | null;
  phase: Phase | null;
  /** Null while it runs, and for one that ended without a result. */
  outcome: Outcome | null;
}

/**
 * Deployments by Temporal's visibility, in its order: those that run, newest first, then those that ended, last ended
 * first. A new one may be missing for about a second.
 * @param service a service's name, or its key `name.environment.region`; all services unless given
 * @throws TemporalError when the server cannot be asked
 */
export async function listDeployments(input: {
  temporal: Temporal;
  service?: string;
  limit: number;
  /** How long Temporal may take; 10 s unless told. */
  withinMs?: number;
}): Promise<DeploymentSummary[]> {
  const { temporal, service, limit, withinMs = 10_000 } = input;
  return ask({
    temporal,
    doing: 'listing deployments',
    withinMs,
    ask: async () => {
      const found: DeploymentSummary[] = [];
      if (limit <= 0) return found;
      const pageSize = Math.min(limit, 100);
      for await (const workflow of temporal.client.workflow.list({ query: visibilityQuery(service), pageSize })) {
        found.push(summaryOf(workflow));
        if (found.length >= limit) break;
      }
      return found;
    },
  });
}

/** By the id, which begins with the service's key, so that the list also shows what has no search attributes. */
function visibilityQuery(service: string | undefined): string {
  const ofDeployments = `WorkflowType = '${workflowTypes.deployment}'`;
  if (service === undefined) return ofDeployments;
  const end = service.includes('.') ? ':' : '.';
  return `${ofDeployments} AND WorkflowId STARTS_WITH '${quoted(`deploy:${service}${end}`)}'`;
}

/** A text inside the quotes of a visibility query. */
export function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function summaryOf(workflow: WorkflowExecutionInfo): DeploymentSummary {
  const attributes = workflow.typedSearchAttributes;
  const phase = attributes.get(searchAttributes.phase);
  const outcome = attributes.get(searchAttributes.outcome);
  const number = workflow.memo?.['number'];
  return {
    deploymentId: workflow.workflowId,
    serviceKey: workflow.workflowId.split(':')[1] ?? '',
    number: typeof number === 'number' ? number : null,
    revision: attributes.get(searchAttributes.revision) ?? null,
    requestedBy: attributes.get(searchAttributes.requestedBy) ?? null,
    startedAtMs: workflow.startTime.getTime(),
    endedAtMs: workflow.closeTime?.getTime() ?? null,
    phase: phases.find((one) => one === phase) ?? null,
    outcome: outcomes.find((one) => one === outcome) ?? null,
  };
}
