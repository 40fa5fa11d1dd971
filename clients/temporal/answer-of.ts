import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { Temporal } from './connection';

/** A workflow's answer to a query; null when no worker gives one: none is up, all are busy, or they run other code. */
export async function answerOf<Answer>(input: {
  temporal: Temporal;
  description: WorkflowExecutionDescription;
  query: QueryDefinition<Answer>;
  answerWithinMs: number;
}): Promise<Answer | null> {
  const { temporal, description, query, answerWithinMs } = input;
  try {
    const { connection, workflow } = temporal.client;
    const handle = workflow.getHandle(description.workflowId, description.runId);
    return await connection.withDeadline(Date.now() + answerWithinMs, () => handle.query(query));
  } catch {
    // Whatever the reason, the record answers in its place; if Temporal itself is gone, reading the record says so.
    return null;
  }
}
