import type { WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { workflowTypes } from '../../workflows/messages';
import { ask, type Temporal } from './connection';

/**
 * The workflow of a deployment or a drain as Temporal describes it; null when the id is unknown or belongs to something
 * else.
 * @throws TemporalError when the server cannot be asked
 */
export async function describeRun(input: {
  temporal: Temporal;
  /** `deploy:…` or `drain:…`. */
  id: string;
}): Promise<WorkflowExecutionDescription | null> {
  const { temporal, id } = input;
  try {
    const description = await ask({
      temporal,
      doing: `looking for ${id}`,
      withinMs: 5_000,
      ask: () => temporal.client.workflow.getHandle(id).describe(),
      pass: (error) => error instanceof WorkflowNotFoundError,
    });
    const { deployment, drain } = workflowTypes;
    return description.type === (isDrainId(id) ? drain : deployment) ? description : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

export function isDrainId(id: string): boolean {
  return id.startsWith('drain:');
}
