/** How things must stand when a deployment is over, whatever happened on the way. */
import type { DeploymentResult, DrainResult, Outcome } from '../../../domain/deployment';
import { resultOf } from './deployments';
import { breachesOf } from './ledger';
import type { Stage } from './stage';
import { viewOf, type View } from './view';
import { images } from './world';

/** What a deployment came to. */
export interface Run {
  result: DeploymentResult;
  /** Null when there is no old fleet to let go. */
  drain: DrainResult | null;
  view: View;
  breaches: string[];
}

/** Waits until all is over: after a success the old fleet is gone too. */
export async function runOf(stage: Stage, serviceName: string, deploymentId: string): Promise<Run> {
  const result = await resultOf(stage, deploymentId);
  const drain = result.drainId === null ? null : await drained(stage, result.drainId);
  return { result, drain, ...(await standing(stage, serviceName)) };
}

/** How things stand at this moment. */
export async function standing(stage: Stage, serviceName: string): Promise<Pick<Run, 'view' | 'breaches'>> {
  return { view: await viewOf(stage, serviceName), breaches: await breachesOf(stage, serviceName) };
}

function drained(stage: Stage, drainId: string): Promise<DrainResult> {
  return stage.temporal.client.workflow.getHandle(drainId).result() as Promise<DrainResult>;
}

/** New has everything; old, which a person had made, is empty and stays. */
export function expectSuccess(serviceName: string, run: Run): void {
  const group = run.result.newGroup ?? 'none';
  const targetGroup = `${serviceName}-${group.split('-').at(-1)}-1`;
  expect(run).toEqual({
    result: expect.objectContaining({ outcome: 'succeeded', repairs: [] }) as DeploymentResult,
    drain: expect.objectContaining({ ending: 'scaled-to-zero', repairs: [] }) as DrainResult,
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
  });
}

/** Old has everything, at the size it had, and nothing else is there. */
export function expectWayBack(serviceName: string, run: Run, outcome: Outcome = 'rolled-back'): void {
  expect(run).toEqual({
    result: expect.objectContaining({ outcome, repairs: [] }) as DeploymentResult,
    drain: null,
    view: {
      routes: [{ [serviceName]: 100 }],
      groups: [{ name: `${serviceName}-v1`, min: 1, desired: 2, servers: 2 }],
      targetGroups: [serviceName],
      templates: [serviceName],
    },
    breaches: [],
  });
}

/** As if nothing had disturbed it: a bad version went back, a good one has everything, and no request failed for it. */
export function expectUndisturbed(
  { name, image }: { name: string; image?: string },
  { failed, ...run }: Run & { failed: number },
): void {
  if (image === images.bad) return expectWayBack(name, run);
  expectSuccess(name, run);
  expect(failed).toBe(0);
}

/** Requests of a virtual balancer that users saw fail, whoever is to blame. */
export async function failedRequests(stage: Stage, serviceName: string): Promise<number> {
  const traffic = (await stage.sandbox.admin.virtualTraffic())[serviceName];
  if (!traffic || traffic.requests === 0) throw new Error(`the balancer ${serviceName} had no requests`);
  return traffic.failedByTargets + traffic.unanswered;
}
