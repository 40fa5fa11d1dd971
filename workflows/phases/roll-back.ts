/** The one way back, from any phase: traffic first, then what was made, then what was frozen. */
import { sleep } from '@temporalio/workflow';
import type { DeploymentResult } from '../../domain/deployment';
import { activityFailureMessage } from '../calls';
import type { Cause, DeploymentRun } from '../run';
import { removeFleet } from './remove-fleet';

export async function rollBack(run: DeploymentRun, cause: Cause): Promise<DeploymentResult> {
  const wasShifted = (run.progress.split?.newPercent ?? 0) > 0;
  run.goBack(cause);
  const stranded = await repairable(() => giveBackAll(run), 'put the traffic back to the old fleet');
  if (stranded.length > 0) return run.finish('needs-attention', cause.reason, { repairs: stranded });
  if (wasShifted) run.trafficRestoredAtMs = run.lastWrite.readBackMs;
  const repairs = [
    ...(await repairable(() => removeNew(run, wasShifted), `remove ${run.plan.names.group}`)),
    ...(await repairable(
      () => unfreezeOld(run),
      `set MinSize of ${run.plan.old.groupName} to ${run.plan.old.minSize}`,
    )),
  ];
  return run.finish(repairs.length === 0 ? cause.outcome : 'needs-attention', cause.reason, { repairs });
}

/** At once what old can carry, the rest as its servers come back. */
async function giveBackAll(run: DeploymentRun): Promise<string[]> {
  const untilMs = Date.now() + run.service.limits.regrowSeconds * 1000;
  for (;;) {
    const answer = await run
      .write('give the traffic back to old')
      .giveBack({ ...run.onPlan, writtenPercent: run.progress.split?.newPercent ?? 0 });
    if (answer.kind === 'returned') {
      answer.overwritten.forEach((edit) => run.notice(`overwritten on the way back: ${edit}`));
      run.progress.split = { newPercent: answer.newPercent };
      run.lastWrite = { writeMs: run.lastWrite.writeMs, readBackMs: answer.readBackMs, newPercent: answer.newPercent };
      run.notice(`${100 - answer.newPercent} % on old, read back`);
      if (answer.newPercent === 0) return [];
    }
    if (Date.now() >= untilMs) return [strandedSentence(run, answer)];
    await sleep(run.service.pollSeconds * 1000, { summary: 'until old can carry more' });
  }
}

function strandedSentence(run: DeploymentRun, answer: { kind: string; detail?: string }): string {
  const share = run.progress.split?.newPercent ?? 0;
  const why =
    answer.detail ?? `the old fleet ${run.plan.old.groupName} has too few healthy servers to carry everything`;
  return `${share} % of the traffic is still on ${run.plan.names.group}: ${why}`;
}

async function removeNew(run: DeploymentRun, wasShifted: boolean): Promise<string[]> {
  const { repairs } = await removeFleet({
    fleet: 'new',
    service: run.service,
    plan: run.plan,
    write: (summary) => run.write(summary),
    watch: (summary, call) => run.watch(summary, call),
    tell: (text) => run.notice(text),
    hadTraffic: wasShifted,
    untilMs: Date.now() + run.service.limits.rollbackSeconds * 1000,
  });
  return repairs;
}

async function unfreezeOld(run: DeploymentRun): Promise<string[]> {
  if (run.frozenMinSizes.length === 0) return [];
  const answer = await run
    .write('restore the minimum size of old')
    .restoreMinSize({ ...run.onPlan, fleet: 'old', frozenMinSizes: run.frozenMinSizes });
  if (answer.kind === 'foreign-edit') run.notice(`left as it is: ${answer.detail}`);
  return [];
}

/** A step of the way back that cannot be finished is told as a repair, and the next one is still done. */
async function repairable(work: () => Promise<string[]>, what: string): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    return [`${what}: ${message}`];
  }
}
