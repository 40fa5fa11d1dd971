/** The one way back, from any phase: traffic first, then what was made, then what was frozen. */
import { sleep } from '@temporalio/workflow';
import type { GiveBackAnswer } from '../../activities/traffic';
import type { DeploymentResult } from '../../domain/deployment';
import { activityFailureMessage } from '../calls';
import type { Cause, DeploymentRun } from '../run';
import { removeFleet } from './remove-fleet';

export async function rollBack(run: DeploymentRun, cause: Cause): Promise<DeploymentResult> {
  run.goBack(cause);
  const stranded = await repairable(() => giveBackAll(run), 'put the traffic back to the old fleet');
  if (stranded.length > 0)
    return run.finish('needs-attention', cause.reason, { repairs: [...stranded, ...leftovers(run)] });
  if (run.wasShifted) run.trafficRestoredAtMs = run.lastWrite.readBackMs;
  const repairs = [
    ...(await repairable(() => removeNew(run), `remove ${run.plan.names.group}`)),
    ...(await repairable(() => unfreezeOld(run), unfreezeSentence(run))),
  ];
  return run.finish(repairs.length === 0 ? cause.outcome : 'needs-attention', cause.reason, { repairs });
}

/** At once what old can carry; old is grown again, and the rest follows as its servers come back. */
async function giveBackAll(run: DeploymentRun): Promise<string[]> {
  let sinceMs: number | null = null;
  for (;;) {
    const answer = await run
      .write('give the traffic back to old')
      .giveBack({ ...run.onPlan, ourPercents: [...run.askedPercents] });
    // The limit counts from the first answer: before that perhaps no worker was there.
    sinceMs ??= Date.now();
    const missing = answer.kind === 'returned' ? noteGivenBack(run, answer) : [answer.detail];
    if (missing.length === 0) return [];
    if (Date.now() - sinceMs >= run.service.limits.regrowSeconds * 1000) return missing;
    await regrowOld(run);
    await sleep(run.service.pollSeconds * 1000, { summary: 'until old can carry more' });
  }
}

async function regrowOld(run: DeploymentRun): Promise<void> {
  // Known before it is written: what is found of it later is ours.
  run.rememberFreeze(run.plan.old.desiredCapacity);
  await run.write('grow old to the size it had').regrowOld(run.onPlan);
}

/** Answers what still keeps traffic from old, in words. */
function noteGivenBack(run: DeploymentRun, answer: Extract<GiveBackAnswer, { kind: 'returned' }>): string[] {
  const { newPercent, readBackMs } = answer;
  answer.overwritten.forEach((edit) => run.notice(`overwritten on the way back: ${edit}`));
  run.progress.split = { newPercent };
  run.lastWrite = { ...run.lastWrite, readBackMs, newPercent };
  run.notice(`${100 - newPercent} % on old, read back`);
  const { old, names } = run.plan;
  return [
    ...(newPercent === 0
      ? []
      : [
          `${newPercent} % of the traffic is still on ${names.group}: ${old.groupName} has too few healthy servers to carry more`,
        ]),
    ...answer.leftAlone.map((edit) => `${edit}; take ${names.group} out of it`),
  ];
}

/** What a deployment that cannot go back leaves behind. */
export function leftovers(run: DeploymentRun): string[] {
  const { plan, frozenMinSizes, service } = run;
  const { group, template, targetGroups } = plan.names;
  return [
    `when ${plan.old.groupName} has all traffic again, in ${service.region} delete group ${group}, target groups ${targetGroups.join(', ')} and launch template ${template}`,
    ...(frozenMinSizes.length === 0 ? [] : [unfreezeSentence(run)]),
  ];
}

async function removeNew(run: DeploymentRun): Promise<string[]> {
  const { repairs } = await removeFleet({
    fleet: 'new',
    service: run.service,
    plan: run.plan,
    write: (summary) => run.write(summary),
    watch: (summary, call) => run.watch(summary, call),
    tell: (text) => run.notice(text),
    hadTraffic: run.wasShifted,
    takeBack: () => giveBackAll(run),
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

function unfreezeSentence({ plan }: DeploymentRun): string {
  return `set MinSize of ${plan.old.groupName} to ${plan.old.minSize}`;
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
