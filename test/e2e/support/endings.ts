/** How things must stand when a deployment is over, whatever happened on the way. */
import type { DeploymentResult, DrainResult } from '../../../domain/deployment';
import { breachesIn, ledgerOf } from './ledger';
import type { Stage } from './stage';
import { viewOf, type View } from './view';

export interface Ending {
  view: View;
  breaches: string[];
}

export async function endingOf(stage: Stage, serviceName: string): Promise<Ending> {
  return { view: await viewOf(stage, serviceName), breaches: breachesIn(await ledgerOf(stage, serviceName)) };
}

/** New has everything; old, which a person had made, is empty and stays. */
export function succeeded(serviceName: string, { newGroup }: DeploymentResult): Ending {
  const group = newGroup ?? 'none';
  const targetGroup = `${serviceName}-${group.split('-').at(-1)}-1`;
  return {
    view: {
      routes: [{ [targetGroup]: 100 }],
      groups: [
        { name: `${serviceName}-v1`, min: 0, desired: 0, servers: 0 },
        { name: group, min: 1, desired: 2, servers: 2 },
      ],
      targetGroups: [serviceName, targetGroup],
      templates: [serviceName, group],
    },
    breaches: [],
  };
}

/** Old has everything, at the size it had, and nothing else is there. */
export function wentBack(serviceName: string): Ending {
  return {
    view: {
      routes: [{ [serviceName]: 100 }],
      groups: [{ name: `${serviceName}-v1`, min: 1, desired: 2, servers: 2 }],
      targetGroups: [serviceName],
      templates: [serviceName],
    },
    breaches: [],
  };
}

/** Waits for the old fleet of a succeeded deployment to be gone. */
export async function drained(stage: Stage, result: DeploymentResult): Promise<DrainResult> {
  return stage.temporal.client.workflow.getHandle(result.drainId ?? '').result() as Promise<DrainResult>;
}

/** Requests of a virtual balancer that users saw fail, whoever is to blame. */
export async function failedRequests(stage: Stage, serviceName: string): Promise<number> {
  const traffic = (await stage.sandbox.admin.virtualTraffic())[serviceName];
  if (!traffic || traffic.requests === 0) throw new Error(`the balancer ${serviceName} had no requests`);
  return traffic.failedByTargets + traffic.unanswered;
}
