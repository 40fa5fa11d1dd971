/** Old stays whole and warm for an instant way back, for as long as the service file says. */
import { condition, patched } from '@temporalio/workflow';
import { drainIdPrefix, type DrainResult } from '../../domain/deployment';
import { leasedArns } from '../../domain/leases';
import type { ControlRequest } from '../../domain/control';
import { lookSeconds, newRisks, nothingTold, type Risk } from '../../domain/way-back-risk';
import { activityFailureMessage, watch } from '../calls';
import { signature } from '../control';
import { answerSeconds, type DrainRun } from '../drain-run';
import type { HeldLease, LeaseAnswer } from '../leases';
import { goBack, type WayBack } from './roll-back';

/** Answers null when the keep is over, and the result when the traffic has gone back to old. */
export async function keep(run: DrainRun): Promise<DrainResult | null> {
  run.enter('keep');
  // Asked once: a drain of an earlier release must not begin with it half-way.
  const isWatched = patched('watch-way-back');
  for (;;) {
    run.endLatePause();
    const result = run.backAsked ? await takeBack(run, run.backAsked) : null;
    if (result) return result;
    if (isOver(run)) return null;
    await run.renewIfDue();
    await stayKept(run, isWatched);
  }
}

/** Until something is asked, the keep is over, or there is something new about the way back, which is told then. */
async function stayKept(run: DrainRun, isWatched: boolean): Promise<void> {
  const { pause, keepUntilMs } = run.progress;
  const untilMs = pause?.untilMs ?? keepUntilMs;
  let hasTold = false;
  let goesOn = true;
  const watching = isWatched
    ? tellOfRisk(run, untilMs, () => !goesOn).then((told) => {
        hasTold = told;
      })
    : null;
  await condition(
    () => hasTold || run.backAsked !== null || run.progress.pause !== pause || isOver(run),
    Math.max(0, untilMs - Date.now()),
  );
  goesOn = false;
  await watching;
}

/** Answers whether it has told something. A watch that fails ends here: it is nothing that a keep depends on. */
async function tellOfRisk(run: DrainRun, untilMs: number, interrupted: () => boolean): Promise<boolean> {
  const { input, state, progress, service, onPlan } = run;
  const everySeconds = lookSeconds(service);
  // Two looks are the least that can tell anything.
  if (untilMs - Date.now() < everySeconds * 1000) return false;
  const sizesSince = [input.newWanted ?? 0, ...state.frozenMinSizes];
  const told = progress.risks ?? nothingTold;
  try {
    const answer = await watch(
      run.caller(),
      'see whether old could take the traffic back',
      (activities) => activities.watchWayBack({ ...onPlan, sizesSince, told, everySeconds, deadlineMs: untilMs }),
      // The next deployment has succeeded, and has a way back of its own.
      () => interrupted() || state.supersededBy !== null,
    );
    if (answer.kind !== 'changed') return false;
    tell(run, answer.risks, untilMs);
    return true;
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    run.notice(`it cannot be seen any more whether old could take the traffic back: ${message}`);
    return false;
  }
}

/** A person hears of what was not told before. */
function tell(run: DrainRun, risks: Risk[], keptUntilMs: number): void {
  const told = run.progress.risks ?? nothingTold;
  run.progress.risks = { risks, changes: told.changes + 1 };
  const reason = risks.map(({ detail }) => detail).join('; ');
  if (newRisks(told, risks).length > 0) run.teller.tell({ event: 'way-back-at-risk', reason, keptUntilMs });
  run.notice(risks.length > 0 ? `the way back is at risk: ${reason}` : 'old could take all traffic back again');
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
  const reason = `rollback asked for${signature(asked)}`;
  run.takeBack(reason);
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
  const { arn } = await run.write('find the live group', answerSeconds).findNewGroup(run.onPlan);
  const answer = await leaseAll(run, [...leasedArns(run.plan), ...(arn === null ? [] : [arn])]);
  if (answer.kind === 'taken') {
    const { holder, thing } = answer;
    return {
      kind: 'refused',
      text: `${holder} holds ${thing}: abort that first, or deploy the previous version again`,
    };
  }
  const { leases } = answer;
  const ready = await checkTraffic(run, leases).catch((error: unknown) => unanswered(error));
  if (ready.kind === 'refused') await run.release(leases);
  return ready;
}

/** Another drain holds a route for one write only: that is waited out. A deployment is not. */
async function leaseAll(run: DrainRun, arns: string[]): Promise<LeaseAnswer> {
  const untilMs = Date.now() + answerSeconds * 1000;
  for (;;) {
    const answer = await run.lease(arns);
    if (answer.kind === 'held' || !answer.holder.startsWith(drainIdPrefix)) return answer;
    const waited = await run.untilLetGo(answer, untilMs);
    if (waited.kind !== 'free' || Date.now() >= untilMs) return answer;
  }
}

function unanswered(error: unknown): Ready {
  const message = activityFailureMessage(error);
  if (message === undefined) throw error;
  return { kind: 'refused', text: `nothing was changed, for it could not be seen how things stand: ${message}` };
}

/** A later generation, or a person, may have moved the traffic on: then old is not what it came from. */
async function checkTraffic(run: DrainRun, leases: readonly HeldLease[]): Promise<Ready> {
  const { edits } = await run
    .write('see that new has all traffic', answerSeconds)
    .readEdits({ ...run.onPlan, ourPercents: [100] });
  if (edits.length === 0) return { kind: 'ready', leases };
  return { kind: 'refused', text: `the traffic is not as this deployment left it: ${edits.join('; ')}` };
}

function wayBackOf(run: DrainRun): WayBack & { readBackMs: number | null } {
  const ours = new Set([0, 100]);
  const way: WayBack & { readBackMs: number | null } = {
    service: run.service,
    plan: run.plan,
    readBackMs: null,
    ourPercents: () => [...ours],
    frozenMinSizes: run.state.frozenMinSizes,
    rememberFreeze: (minSize) => run.rememberFreeze(minSize),
    newWanted: run.input.newWanted ?? 0,
    carriedPercent: 100,
    hadTraffic: true,
    write: (summary, limitSeconds) => run.write(summary, limitSeconds),
    watch: (summary, call) => run.watch(summary, call),
    notice: (text) => run.notice(text),
    givenBack: ({ newPercents, readBackMs }) => {
      newPercents.forEach((percent) => ours.add(percent));
      way.readBackMs = readBackMs;
    },
  };
  return way;
}
