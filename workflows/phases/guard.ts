/** The judge at work: guards the weight that was written last, until it may be passed or must be taken back. */
import type { GuardAnswer } from '../../activities/judge';
import type { Hold } from '../../domain/deployment';
import { limitingHold } from '../../domain/holds';
import { guardSettingsOf } from '../../domain/judge/settings';
import { endingAt, openBake, openStretch, type GuardState } from '../../domain/judge/stretch';
import { formatSeconds } from '../../domain/units';
import type { Interrupted } from '../calls';
import type { Cause, DeploymentRun } from '../run';

/** Opens a stretch at the weight that has just been read back, and guards it for at least this long. */
export async function guardStep(run: DeploymentRun, seconds: number): Promise<Cause | null> {
  return guard(run, openGuard(run, seconds), untilPassed);
}

export function openGuard(run: DeploymentRun, seconds: number): GuardState {
  const { writeMs, readBackMs, newPercent } = run.lastWrite;
  const stretch = {
    writeMs,
    readBackMs,
    settledMs: readBackMs + run.service.shift.settleSeconds * 1000,
    newPercent,
    endsMs: readBackMs + seconds * 1000,
    requireAllRows: false,
  };
  const { balancerErrorRate } = run.plan;
  const settings = guardSettingsOf(run.service, { balancerErrorRate, hotfix: run.input.hotfix });
  run.guard = openStretch(run.guard, stretch, settings);
  return run.guard;
}

/** Goes on at the same weight, until every period of this time is folded. */
export async function guardBake(run: DeploymentRun, seconds: number): Promise<Cause | null> {
  run.guard = openBake(knownState(run), Date.now() + seconds * 1000);
  return guard(run, run.guard, untilPassed);
}

/** The weight stands, and is judged, until somebody promotes. One who has said to pass everything has said so here too. */
export async function guardGate(run: DeploymentRun, atPercent: number): Promise<Cause | null> {
  if (run.promotion === 'all') return null;
  run.openGate(atPercent);
  return guard(run, withoutEnd(knownState(run)), untilPassed);
}

/** Before a change: the split stands while it is paused or held. The judge does not, and a promote ends the holds. */
export async function guardWhileHeld(run: DeploymentRun): Promise<Cause | null> {
  const { progress } = run;
  const stands = () => progress.pause !== null || progress.holds.length > 0;
  while (run.guard && stands() && !run.abortAsked) {
    const cause = await guard(run, withoutEnd(run.guard), {
      over: () => !stands(),
      promotable: () => progress.holds.length > 0,
    });
    if (cause) return cause;
  }
  // Before the first step there is nothing to judge.
  return run.untilResumed();
}

/**
 * Waits for something else while the judge goes on at the same weight; the first reason to go back wins. Between two
 * steps nobody would look at new otherwise.
 */
export async function underGuard(
  run: DeploymentRun,
  wait: (interrupted: () => boolean) => Promise<Cause | null>,
): Promise<Cause | null> {
  if (!run.guard) return wait(() => run.abortAsked);
  const ended = { wait: false, guard: false };
  const [waited, guarded] = await Promise.allSettled([
    wait(() => run.abortAsked || ended.guard).finally(() => {
      ended.wait = true;
    }),
    guard(run, withoutEnd(run.guard), { over: () => ended.wait, promotable: () => false }).finally(() => {
      ended.guard = true;
    }),
  ]);
  return valueOf(guarded) ?? valueOf(waited);
}

function valueOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** How a stretch may end, beside its own time, harm and a wish to go back. */
interface Ends {
  /** What was waited for beside it is there. The rows that the guard has folded until then are folded again by the next one. */
  over: () => boolean;
  /** Whether a promote passes it. */
  promotable: () => boolean;
}

const untilPassed: Ends = { over: () => false, promotable: () => true };

async function guard(run: DeploymentRun, state: GuardState, { over, promotable }: Ends): Promise<Cause | null> {
  const ended = () => run.abortAsked || over();
  while (!ended()) {
    const promoted = promotable() && run.promotion !== null;
    const { holds } = run.progress;
    const limiting = limitingHold(holds);
    const answer = await run.watch(
      `judge new at ${run.lastWrite.newPercent} %`,
      (activities) =>
        activities.guardStretch({
          ...run.onPlan,
          state,
          newWanted: run.newWanted,
          ourPercents: run.ourPercents(),
          holding: holds.map(({ reason, detail, sinceMs }) => ({ reason, detail, sinceMs })),
          promoted,
          hotfix: run.input.hotfix,
          deadlineMs: deadlineOf(limiting),
        }),
      () => ended() || (!promoted && promotable() && run.promotion !== null),
    );
    const next = answer.kind === 'expired' ? (holdExpired(run, limiting) ?? 'again') : react(run, answer);
    if (next !== 'again') return next;
  }
  return run.abortAsked ? run.abortCause() : null;
}

/** What a guard's answer means: go back, go on, or guard again. */
function react(
  run: DeploymentRun,
  answer: Exclude<GuardAnswer, { kind: 'expired' }> | Interrupted,
): Cause | null | 'again' {
  if ('report' in answer) run.progress.judge = answer.report;
  switch (answer.kind) {
    case 'interrupted':
      return 'again';
    case 'harmful':
      return { outcome: 'rolled-back', reason: answer.sentence };
    case 'unhealthy':
      return { outcome: 'rolled-back', reason: `the new fleet is not healthy enough: ${answer.detail}` };
    case 'holds':
      run.holdFor(answer.holds);
      return 'again';
    case 'low-traffic':
      if (run.service.shift.lowTraffic === 'rollback') return { outcome: 'rolled-back', reason: answer.detail };
      run.notice(`going on without enough requests, as shift.lowTraffic says: ${answer.detail}`);
      break;
    case 'advance':
      run.notice(`${run.lastWrite.newPercent} % judged ${answer.verdict}`);
  }
  run.guard = answer.state;
  run.pass();
  return null;
}

export function deadlineOf(limiting: Hold | null): number {
  return limiting?.untilMs ?? Number.MAX_SAFE_INTEGER;
}

/** What the end of a hold's limit means; null when it no longer is the one that counts. */
export function holdExpired(run: DeploymentRun, hold: Hold | null): Cause | null {
  if (!hold || limitingHold(run.progress.holds)?.reason !== hold.reason) return null;
  const lasted = formatSeconds((hold.untilMs - hold.sinceMs) / 1000);
  const reason = `held for ${lasted} without a change (limits.${hold.reason === 'unmeasurable' ? 'unmeasurable' : 'hold'}): ${hold.detail}`;
  return { outcome: hold.reason === 'old-unhealthy' ? 'needs-attention' : 'rolled-back', reason };
}

function withoutEnd(state: GuardState): GuardState {
  return endingAt(state, { endsMs: null, requireAllRows: false });
}

function knownState(run: DeploymentRun): GuardState {
  if (!run.guard) throw new Error('the bake began before any step was judged');
  return run.guard;
}
