/** What runs of a service, as Temporal itself tells it: a signal of an end never comes from one that was terminated. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityDeps } from './deps';
import { watcher } from './roles';
import type { DeploymentMemo } from '../domain/admission';
import type { Ruling } from '../domain/control';
import type { ExecutionFacts, Executions } from '../domain/executions';
import type { LateRollback } from '../domain/late-rollback';
import type { DeploymentFacts } from '../domain/reconcile';

export interface ReadDeploymentsInput {
  serviceKey: string;
  /** Deployments that are believed to run or to wait. */
  believed: string[];
}

export interface WatchDeploymentsInput {
  deploymentIds: string[];
}

export function createAdmissionActivities({ temporal, timeouts }: ActivityDeps) {
  const lookEverySeconds = 2 * timeouts.heartbeatSeconds;
  return {
    /** The believed ones, and the latest others. */
    readDeployments: watcher((input: ReadDeploymentsInput) => readDeployments(temporal, input)),

    /** For one whose service's workflow was terminated: whoever waits is looked after again. */
    startService: watcher(({ serviceKey }: { serviceKey: string }): Promise<void> => temporal.startService(serviceKey)),

    /** For a drain that no longer keeps what ran before. */
    deployPrevious: watcher((rollback: LateRollback): Promise<Ruling> => temporal.deployPrevious(rollback)),

    /**
     * Answers when one of them does not run any more. Until then every attempt fails and the next one comes after a
     * while: that takes no place on a worker and no history meanwhile.
     */
    watchDeployments: watcher(async ({ deploymentIds }: WatchDeploymentsInput): Promise<{ kind: 'ended' }> => {
      const facts = await Promise.all(deploymentIds.map((deploymentId) => temporal.describe(deploymentId)));
      if (facts.some((fact) => fact?.status !== 'running')) return { kind: 'ended' };
      throw ApplicationFailure.create({
        message: 'all of them still run',
        nextRetryDelay: lookEverySeconds * 1000,
        category: ApplicationFailureCategory.BENIGN,
      });
    }),
  };
}

async function readDeployments(
  temporal: Executions,
  { serviceKey, believed }: ReadDeploymentsInput,
): Promise<DeploymentFacts[]> {
  const listed = await temporal.deploymentsOf(serviceKey);
  // The list may be late, so that what it says to run is asked for.
  const asked = new Set([
    ...believed,
    ...listed.filter((one) => one.status === 'running').map((one) => one.workflowId),
  ]);
  const described = await Promise.all(
    [...asked].map(async (deploymentId): Promise<DeploymentFacts[]> => {
      const facts = await temporal.describe(deploymentId);
      return facts === null ? [] : [factsOf(deploymentId, facts)];
    }),
  );
  const others = listed.filter((one) => !asked.has(one.workflowId));
  return [...described.flat(), ...others.map((one) => factsOf(one.workflowId, one))];
}

function factsOf(deploymentId: string, { status, phase, memo }: ExecutionFacts): DeploymentFacts {
  const { number = 0, request = null } = memo as Partial<DeploymentMemo>;
  return { deploymentId, number, status, phase, request };
}
