/** Lets one old generation go, after the deployment is decided: kept for a while, drained, retired. */
import { CancellationScope, condition } from '@temporalio/workflow';
import type { DrainResult } from '../domain/deployment';
import { activityFailureMessage } from './calls';
import { DrainRun, type DrainInput } from './drain-run';
import { keep } from './phases/keep';
import { letGo } from './phases/let-go';

export async function drain(input: DrainInput): Promise<DrainResult> {
  const run = new DrainRun(input);
  run.listen();
  return CancellationScope.nonCancellable(async () => {
    const result = await drainOld(run);
    await run.handedOver();
    await condition(() => run.hasAnswered);
    return result;
  });
}

async function drainOld(run: DrainRun): Promise<DrainResult> {
  try {
    return (run.progress.phase === 'keep' ? await keep(run) : null) ?? (await letGo(run));
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    const sentence = `let ${run.progress.groupName} go: ${message}`;
    return run.finish('needs-attention', sentence, { repairs: [sentence] });
  }
}
