/** The judge at work: guards the weight that was written last, until it may be passed or must be taken back. */
import type { GuardAnswer } from '../../activities/judge';
import { guardSettingsOf } from '../../domain/judge/settings';
import { endingAt, openBake, openStretch, type GuardState } from '../../domain/judge/stretch';
import type { Interrupted } from '../calls';
import type { Cause, DeploymentRun } from '../run';

/** Opens a stretch at the weight that has just been read back, and guards it for at least this long. */
export async function guardStep(run: DeploymentRun, seconds: number): Promise<Cause | null> {
  const { writeMs, readBackMs, newPercent } = run.lastWrite;
  const stretch = {
    writeMs,
    readBackMs,
    settledMs: readBackMs + run.service.shift.settleSeconds * 1000,
    newPercent,
    endsMs: readBackMs + seconds * 1000,
    requireAllRows: false,
  };
  return guard(run, openStretch(run.guard, stretch, guardSettingsOf(run.service, run.plan)));
}

/** Goes on at the same weight, until every period of this time is folded. */
export async function guardBake(run: DeploymentRun, seconds: number): Promise<Cause | null> {
  return guard(run, openBake(knownState(run), Date.now() + seconds * 1000));
}

/** The split stands while somebody has paused; the judge does not. */
export async function guardWhilePaused(run: DeploymentRun): Promise<Cause | null> {
  while (run.progress.pause && !run.abortAsked) {
    if (!run.guard) return run.untilResumed();
    const { untilMs } = run.progress.pause;
    const endless = endingAt(run.guard, { endsMs: null, requireAllRows: false });
    // What this guard folds is folded again by the next one: resuming cancels it.
    const cause = await guard(run, endless, { interrupted: () => run.abortAsked || !run.progress.pause, untilMs });
    if (cause) return cause;
  }
  return run.abortAsked ? run.abortCause() : null;
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
  const endless = endingAt(run.guard, { endsMs: null, requireAllRows: false });
  const ended = { wait: false, guard: false };
  const [waited, guarded] = await Promise.allSettled([
    wait(() => run.abortAsked || ended.guard).finally(() => {
      ended.wait = true;
    }),
    guard(run, endless, { interrupted: () => run.abortAsked || ended.wait, untilMs: Number.MAX_SAFE_INTEGER }).finally(
      () => {
        ended.guard = true;
      },
    ),
  ]);
  return valueOf(guarded) ?? valueOf(waited);
}

function valueOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

interface Until {
  interrupted: () => boolean;
  untilMs: number;
}

async function guard(run: DeploymentRun, state: GuardState, pause?: Until): Promise<Cause | null> {
  const interrupted = pause?.interrupted ?? (() => run.abortAsked);
  for (;;) {
    const deadlineMs = run.progress.hold?.untilMs ?? pause?.untilMs ?? Number.MAX_SAFE_INTEGER;
    const answer = await run.watch(
      `judge new at ${run.lastWrite.newPercent} %`,
      (activities) =>
        activities.guardStretch({
          ...run.onPlan,
          state,
          newWanted: run.newWanted,
          holding: run.progress.hold?.reason ?? null,
          deadlineMs,
        }),
      interrupted,
    );
    const next = react(run, answer, pause);
    if (next !== 'again') return next;
  }
}

/** What a guard's answer means: go back, go on, or guard again. */
function react(
  run: DeploymentRun,
  answer: GuardAnswer | Interrupted,
  pause: Until | undefined,
): Cause | null | 'again' {
  switch (answer.kind) {
    case 'interrupted':
      return run.abortAsked ? run.abortCause() : null;
    case 'harmful':
      run.progress.judge = answer.report;
      return { outcome: 'rolled-back', reason: answer.sentence };
    case 'unhealthy':
      return { outcome: 'rolled-back', reason: `the new fleet is not healthy enough: ${answer.detail}` };
    case 'hold':
      run.hold(answer.reason, answer.detail);
      return 'again';
    case 'cleared':
      run.endHold();
      return 'again';
    case 'expired':
      return { outcome: 'rolled-back', reason: expirySentence(run, pause) };
    case 'low-traffic':
      run.progress.judge = answer.report;
      return onLowTraffic(run, answer);
    case 'advance':
      run.endHold();
      run.progress.judge = answer.report;
      run.guard = answer.state;
      run.notice(`${run.lastWrite.newPercent} % judged ${answer.verdict}`);
      return null;
  }
}

function onLowTraffic(
  run: DeploymentRun,
  answer: Extract<GuardAnswer, { kind: 'low-traffic' }>,
): Cause | null | 'again' {
  switch (run.service.shift.lowTraffic) {
    case 'hold':
      run.hold('no-evidence', answer.detail);
      return 'again';
    case 'advance':
      run.guard = answer.state;
      run.notice(`going on without enough requests, as shift.lowTraffic says: ${answer.detail}`);
      return null;
    case 'rollback':
      return { outcome: 'rolled-back', reason: answer.detail };
  }
}

function expirySentence(run: DeploymentRun, pause: Until | undefined): string {
  const { hold } = run.progress;
  if (hold) return `a hold reached its limit: ${hold.detail}`;
  return pause ? 'a pause reached its limit' : 'a guard reached its limit';
}

function knownState(run: DeploymentRun): GuardState {
  if (!run.guard) throw new Error('the bake began before any step was judged');
  return run.guard;
}
