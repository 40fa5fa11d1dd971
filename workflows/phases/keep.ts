/** Old stays whole and warm for an instant way back, for as long as the service file says. */
import { condition } from '@temporalio/workflow';
import type { DrainResult } from '../../domain/deployment';
import { leasedArns } from '../../domain/leases';
import type { ControlRequest } from '../../domain/control';
import { activityFailureMessage } from '../calls';
import { signature } from '../control';
import type { DrainRun } from '../drain-run';
import type { HeldLease } from '../leases';
import { goBack, type WayBack } from './roll-back';

/** Answers null when the keep is over, and the result when the traffic has gone back to old. */
export async function keep(run: DrainRun): Promise<DrainResult | null> {
  run.enter('keep');
  for (;;) {
    run.endLatePause();
    const result = run.backAsked ? await takeBack(run, run.backAsked) : null;
    if (result) return result;
    if (isOver(run)) return null;
    await run.renewIfDue();
    const { pause, keepUntilMs } = run.progress;
    const untilMs = pause?.untilMs ?? keepUntilMs;
    await condition(
      () => run.backAsked !== null || run.progress.pause !== pause || isOver(run),
      Math.max(0, untilMs - Date.now()),
    );
  }
}

/** A pause stretches the keep, whatever else would end it. */
function isOver({ progress, state }: DrainRun): boolean {
  if (progress.pause) return false;
  return state.promoted || state.supersededBy !== null || Date.now() >= progress.keepUntilMs;
}

/** The whole way back under the leases of everything that it writes on; null when it is refused. */
async function takeBack(run: DrainRun, asked: ControlRequest): Promise<DrainResult | null> {
  const ready = await readyToGoBack(run).catch((error: unknown) => unanswered(error));
  if (ready.kind === 'refused') {
    run.refuseBack(ready.text);
    return null;
  }
  run.takeBack();
  const reason = `rollback asked for${signature(asked)}`;
  const way = wayBackOf(run);
  const { restored, repairs } = await goBack(way);
  await run.release(ready.leases);
  return run.finish(repairs.length === 0 ? 'rolled-back' : 'needs-attention', reason, {
    repairs,
    trafficRestoredAtMs: restored ? way.readBackMs : null,
  });
}

type Ready = { kind: 'ready'; leases: readonly HeldLease[] } | { kind: 'refused'; text: string };

async function readyToGoBack(run: DrainRun): Promise<Ready> {
  const found = await run.watch('find the live group', (activities) => activities.findNewGroup(run.onPlan));
  const newArn = 'arn' in found && found.arn !== null ? [found.arn] : [];
  const answer = await run.lease([...leasedArns(run.plan), ...newArn]);
  if (answer.kind === 'taken') {
    const { holder, thing } = answer;
    return {
      kind: 'refused',
      text: `${holder} holds ${thing}: abort that first, or deploy the previous version again`,
    };
  }
  const edits = await foreignEdits(run);
  if (edits === null) return { kind: 'ready', leases: answer.leases };
  await run.release(answer.leases);
  return { kind: 'refused', text: `the traffic is not as this deployment left it: ${edits}` };
}

function unanswered(error: unknown): Ready {
  const message = activityFailureMessage(error);
  if (message === undefined) throw error;
  return { kind: 'refused', text: `nothing was changed, for it could not be seen how things stand: ${message}` };
}

/** A later generation, or a person, may have moved the traffic on: then old is not what it came from. */
async function foreignEdits(run: DrainRun): Promise<string | null> {
  const answer = await run.watch('see that new has all traffic', (activities) =>
    activities.watchRoutes({ ...run.onPlan, ourPercents: [100], deadlineMs: Date.now() }),
  );
  return answer.kind === 'late' ? answer.detail : null;
}

function wayBackOf(run: DrainRun): WayBack & { readBackMs: number | null } {
  const way: WayBack & { readBackMs: number | null } = {
    service: run.service,
    plan: run.plan,
    readBackMs: null,
    ourPercents: () => [0, 100],
    frozenMinSizes: run.state.frozenMinSizes,
    rememberFreeze: (minSize) => run.rememberFreeze(minSize),
    newWanted: run.input.newWanted ?? 0,
    hadTraffic: true,
    write: (summary) => run.write(summary),
    watch: (summary, call) => run.watch(summary, call),
    notice: (text) => run.notice(text),
    givenBack: ({ readBackMs }) => {
      way.readBackMs = readBackMs;
    },
  };
  return way;
}
