/** Who holds which thing, read from Temporal: a lease is a workflow of its own. */
import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { inRoleOf, lookUntil, roleOf, watcher } from './roles';
import type { ExecutionFacts, Executions } from '../domain/executions';
import { missingLease, mustHold, type LeaseFacts } from '../domain/leases';

export interface ReadLeasesInput {
  arns: string[];
}

export interface WatchLeasesInput {
  arns: string[];
  /** Whose leases are waited out. */
  holder: string;
  everySeconds: number;
  deadlineMs: number;
}

export type WatchLeasesAnswer = { kind: 'free' } | { kind: 'late' };

export function createLeaseActivities(deps: ActivityDeps) {
  return {
    readLeases: watcher(({ arns }: ReadLeasesInput): Promise<LeaseFacts[]> => readLeases(deps, arns)),

    /** Waits until `holder` holds none of them any more, or has ended. */
    watchLeases: watcher(
      async ({ arns, holder, everySeconds, deadlineMs }: WatchLeasesInput): Promise<WatchLeasesAnswer> =>
        lookUntil<WatchLeasesAnswer>({
          deadlineMs,
          everySeconds,
          look: async () => {
            const facts = await readLeases(deps, arns);
            return facts.some((fact) => fact.holder === holder && fact.holderRuns) ? null : { kind: 'free' };
          },
          late: () => ({ kind: 'late' }),
        }),
    ),
  };
}

/** Any text is a good id, however long or odd an ARN is. */
function leaseIdOf(arn: string): string {
  return `lease:${createHash('sha256').update(arn).digest('hex')}`;
}

export async function readLeases({ temporal, timeouts }: ActivityDeps, arns: readonly string[]): Promise<LeaseFacts[]> {
  return Promise.all(
    arns.map(async (arn) => {
      const leaseId = leaseIdOf(arn);
      const lease = await temporal.describe(leaseId);
      const free = { arn, leaseId, holder: null, holderRuns: false };
      if (lease === null) return { ...free, quietAtMs: 0 };
      if (lease.status === 'running') {
        const holder = String(lease.memo['owner']);
        return { ...free, holder, ...(await ownerState(temporal, holder, timeouts.writerSeconds)) };
      }
      const owner = lease.status === 'completed' ? await temporal.describe(String(lease.memo['owner'])) : lease;
      return { ...free, quietAtMs: quietAfterMs(owner, timeouts.writerSeconds) };
    }),
  );
}

/** A lease that ended well may have been let go by others for an owner that was cut off, and so counts as its owner does. */
function quietAfterMs(ended: ExecutionFacts | null, writerSeconds: number): number {
  if (ended?.closedAtMs == null || ended.status === 'completed') return 0;
  return ended.closedAtMs + writerSeconds * 1000;
}

async function ownerState(
  temporal: Executions,
  holder: string,
  writerSeconds: number,
): Promise<Pick<LeaseFacts, 'holderRuns' | 'quietAtMs'>> {
  const owner = await temporal.describe(holder);
  if (owner?.closedAtMs == null) return { holderRuns: owner?.status === 'running', quietAtMs: 0 };
  return { holderRuns: false, quietAtMs: owner.closedAtMs + writerSeconds * 1000 };
}

/** What a writer gets. */
interface Written extends OnPlan {
  routeArns?: string[];
}

/**
 * A deployment's writers, and those that are told what they may write on, look at every attempt whether their workflow holds that:
 * after a reset, or when somebody broke a lease, another one may be at work there.
 */
export function underLeases<Group extends object>(deps: ActivityDeps, activities: Group): Group {
  const guarded = Object.entries(activities).map(([name, activity]: [string, (input: Written) => Promise<unknown>]) => [
    name,
    roleOf(activity) === 'writer' ? fenced(deps, activity) : activity,
  ]);
  return Object.fromEntries(guarded) as Group;
}

function fenced(deps: ActivityDeps, activity: (input: Written) => Promise<unknown>) {
  return inRoleOf(activity, async (input: Written): Promise<unknown> => {
    const { workflowType, workflowExecution } = Context.current().info;
    const arns = mustHold({ workflowType, ...input });
    if (arns !== null) {
      const missing = missingLease(await readLeases(deps, arns), workflowExecution?.workflowId ?? '');
      if (missing !== null) throw ApplicationFailure.nonRetryable(`nothing was written: ${missing}`, leaseLost);
    }
    return activity(input);
  });
}

/** Type of the failure by which a workflow knows that it has to take its leases again. */
const leaseLost = 'lease-lost';
