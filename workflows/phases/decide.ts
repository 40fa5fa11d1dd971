/** The result is known: new keeps the traffic, its freeze is undone, and old is left to a workflow of its own. */
import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { drainIdOf, type DeploymentResult } from '../../domain/deployment';
import { activityFailureMessage } from '../calls';
import { drain } from '../drain';
import { LeaseTakenError } from '../leases';
import type { DeploymentRun } from '../run';
import { searchAttributes } from '../search-attributes';
import { endEarlierKeep } from './earlier-keep';

export async function decide(run: DeploymentRun): Promise<DeploymentResult> {
  run.decide();
  await unfreezeNew(run);
  const drainId = drainIdOf(run.progress.deploymentId);
  await startDrain(run, drainId);
  await endEarlierKeep(run);
  return run.finish('succeeded', successSentence(run), { drainId });
}

/** After a reset of the deployment its drain is there already, and goes on. */
async function startDrain(run: DeploymentRun, drainId: string): Promise<void> {
  try {
    await startDrainOnce(run, drainId);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function startDrainOnce(run: DeploymentRun, drainId: string): Promise<void> {
  const { recovered } = run.plan;
  await startChild(drain, {
    workflowId: drainId,
    args: [
      {
        deploymentId: run.progress.deploymentId,
        number: run.input.number,
        revision: run.input.revision,
        service: run.service,
        plan: run.plan,
        timeouts: run.timeouts,
        frozenMinSizes: run.frozenMinSizes,
        newWanted: run.newWanted,
        keepUntilMs: keepUntilMs(run),
      },
    ],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    // One that was lost itself is begun again.
    workflowIdReusePolicy: recovered ? WorkflowIdReusePolicy.ALLOW_DUPLICATE : WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `drain ${run.plan.old.groupName}`,
    typedSearchAttributes: [{ key: searchAttributes.service, value: run.plan.serviceKey }],
  });
}

/** What has left the routes is no way back any more. */
function keepUntilMs({ plan, service }: DeploymentRun): number {
  return plan.recovered?.isOldRouted === false ? Date.now() : Date.now() + service.keepSeconds * 1000;
}

/** New keeps its floor when this fails: harmless, but told. It gets little time, for the way back is the drain's. */
async function unfreezeNew(run: DeploymentRun): Promise<void> {
  const { group } = run.plan.names;
  try {
    const answer = await run
      .write('give new the minimum size that old had', run.service.limits.readBackSeconds)
      .restoreMinSize({ ...run.onPlan, fleet: 'new', frozenMinSizes: [run.newWanted] });
    if (answer.kind === 'foreign-edit') run.progress.warnings.push(`left as it is: ${answer.detail}`);
  } catch (error) {
    // That somebody else is at work there by now does not undo the decision.
    const message = error instanceof LeaseTakenError ? error.message : activityFailureMessage(error);
    if (message === undefined) throw error;
    run.progress.warnings.push(`MinSize of ${group} could not be set to ${run.plan.old.minSize}: ${message}`);
  }
}

function successSentence(run: DeploymentRun): string {
  const judge = run.progress.judge;
  const seen = judge
    ? `; new failed ${judge.newErrors} of ${judge.newRequests} requests, old ${judge.oldErrors} of ${judge.oldRequests}`
    : '';
  return `all traffic is on ${run.plan.names.group}${seen}`;
}
