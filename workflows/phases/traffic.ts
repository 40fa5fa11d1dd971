/** One change of weights: written, read back, and never over somebody else's edit. */
import type { Cause, DeploymentRun } from '../run';

export async function moveTraffic(run: DeploymentRun, newPercent: number): Promise<Cause | null> {
  const fromPercent = run.progress.split?.newPercent ?? 0;
  const writeMs = Date.now();
  const readBackBy = Date.now() + run.service.limits.readBackSeconds * 1000;
  for (;;) {
    const answer = await run
      .write(`give ${newPercent} % of the traffic to new`)
      .writeSplit({ ...run.onPlan, newPercent, fromPercent, newWanted: run.newWanted });
    if (answer.kind === 'written') {
      run.endHold();
      run.progress.split = { newPercent };
      run.lastWrite = { writeMs, readBackMs: answer.readBackMs, newPercent };
      run.notice(`${newPercent} % on new, read back`);
      return null;
    }
    const cause = giveUp(run, answer, readBackBy);
    if (cause) return cause;
    await run.rest(run.service.pollSeconds, 'look at the routes again');
    if (run.abortAsked) return run.abortCause();
  }
}

type Unwritten = { kind: 'not-read-back' | 'unhealthy' | 'foreign-edit'; detail: string };

function giveUp(run: DeploymentRun, answer: Unwritten, readBackBy: number): Cause | null {
  switch (answer.kind) {
    case 'unhealthy':
      return { outcome: 'rolled-back', reason: `the new fleet is not healthy enough: ${answer.detail}` };
    case 'not-read-back':
      return Date.now() < readBackBy
        ? null
        : { outcome: 'rolled-back', reason: `a weight could not be read back: ${answer.detail}` };
    case 'foreign-edit': {
      const hold = run.hold('foreign-edit', answer.detail);
      return Date.now() < hold.untilMs
        ? null
        : { outcome: 'rolled-back', reason: `a hold reached its limit: ${answer.detail}` };
    }
  }
}
