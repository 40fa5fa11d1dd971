/** The view of a deployment that can be had without a worker: what Temporal itself has kept of it. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import {
  type DeploymentInput,
  type DeploymentProgress,
  type FleetView,
  type Phase,
  phases,
} from '../../domain/deployment';
import { searchAttributes } from '../../workflows/search-attributes';
import type { Temporal } from './connection';
import { inputOf } from './input-of';
import { resultOf } from './result-of';

/**
 * Built from the workflow's input (the first event of its history), its search attributes and, once it has ended, its
 * result. What only the workflow knows is absent: the split, the counts of servers, notices.
 * @throws TemporalError when the server cannot be asked
 */
export async function progressFromRecord(input: {
  temporal: Temporal;
  description: WorkflowExecutionDescription;
}): Promise<DeploymentProgress> {
  const { temporal, description } = input;
  const asked = await inputOf<DeploymentInput>(temporal, description);
  const ended =
    description.closeTime === undefined
      ? null
      : await resultOf({ temporal, id: description.workflowId, withinMs: 5_000 });
  const result = ended?.kind === 'ended' ? ended.result : null;
  return {
    deploymentId: description.workflowId,
    service: asked.service.service,
    environment: asked.service.environment,
    region: asked.service.region,
    number: asked.number,
    revision: asked.revision,
    requestedBy: asked.requestedBy,
    reason: asked.reason,
    phase: result === null ? phaseOf(description) : 'decided',
    phaseSinceMs: result?.endedAtMs ?? description.startTime.getTime(),
    step: null,
    split: null,
    oldFleet: fleetOf(result?.oldGroup),
    newFleet: fleetOf(result?.newGroup),
    judge: result?.judge ?? null,
    pause: null,
    hold: null,
    holds: [],
    gate: null,
    turn: null,
    requests: [],
    warnings: result?.warnings ?? [],
    notices: [],
    result,
  };
}

function phaseOf(description: WorkflowExecutionDescription): Phase {
  const kept = description.typedSearchAttributes.get(searchAttributes.phase);
  return phases.find((phase) => phase === kept) ?? 'plan';
}

function fleetOf(groupName: string | null | undefined): FleetView | null {
  return groupName == null ? null : { groupName, wanted: 0, healthy: null };
}
