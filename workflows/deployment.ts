/** One deployment from the plan to the decision. Every phase answers null, or why the deployment goes back. */
import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { deploymentInputProblem, type DeploymentInput, type DeploymentResult } from '../domain/deployment';
import { releaseLeases } from './leases';
import { bake } from './phases/bake';
import { clone } from './phases/clone';
import { decide } from './phases/decide';
import { endWithoutLease } from './phases/lease';
import { leaveAsIs } from './phases/leave-as-is';
import { plan } from './phases/plan';
import { leavePlace, queued } from './phases/queued';
import { prepare } from './phases/prepare';
import { ready } from './phases/ready';
import { resume } from './phases/resume';
import { rollBack } from './phases/roll-back';
import { shift } from './phases/shift';
import { DeploymentRun, type Cause } from './run';

export async function deployment(input: DeploymentInput): Promise<DeploymentResult> {
  const problem = deploymentInputProblem(input);
  if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'invalid');
  const run = new DeploymentRun(input);
  run.listen();
  // A cancel is a request to abort, which goes back in order; it must not cut the way back itself.
  return CancellationScope.nonCancellable(async () => {
    const result = await deploy(run).catch((error: unknown) => endWithoutLease(run, error));
    await releaseLeases(run);
    await leavePlace(run);
    run.hasLeft = true;
    await run.handedOver();
    await condition(allHandlersFinished);
    return result;
  });
}

async function deploy(run: DeploymentRun): Promise<DeploymentResult> {
  const early = (await queued(run)) ?? (await plan(run));
  if (early) return early;
  const cause = await (run.plan.recovered ? resume(run, run.plan.recovered) : goForward(run));
  if (cause?.outcome === 'needs-attention') return leaveAsIs(run, cause);
  return cause ? rollBack(run, cause) : decide(run);
}

async function goForward(run: DeploymentRun): Promise<Cause | null> {
  return (await prepare(run)) ?? (await clone(run)) ?? (await ready(run)) ?? (await shift(run)) ?? (await bake(run));
}
