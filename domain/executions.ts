/** What Temporal itself knows of a workflow; authoritative where a signal may never come, as after a terminate. */
import type { Ruling } from './control';
import type { LateRollback } from './late-rollback';

export type ExecutionStatus =
  'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out' | 'continued-as-new' | 'unknown';

/** The latest run of one workflow id. */
export interface ExecutionFacts {
  status: ExecutionStatus;
  /** Null while it runs. */
  closedAtMs: number | null;
  /** What its starter wrote beside it. */
  memo: Record<string, unknown>;
  /** Search attribute of deployments and drains; null when it has none. */
  phase: string | null;
}

export interface ListedExecution extends ExecutionFacts {
  workflowId: string;
}

/** What activities may ask Temporal. Every call throws when the server cannot be asked. */
export interface Executions {
  /** Null when Temporal knows no such workflow, or has forgotten it. */
  describe(workflowId: string): Promise<ExecutionFacts | null>;
  /** Latest deployments of a service, those that run first; by visibility, which may be a second late either way. */
  deploymentsOf(serviceKey: string): Promise<ListedExecution[]>;
  /** Makes sure that the service's workflow runs; it looks after its deployments then. */
  startService(serviceKey: string): Promise<void>;
  /** Asks the service's workflow to deploy again what ran before; however often, it is one deployment. */
  deployPrevious(rollback: LateRollback): Promise<Ruling>;
}
