/** Nobody else may write on the source group and its routes while this deployment does. */
import type { PlanInput } from '../../activities/plan';
import { deploymentIdPrefix, type DeploymentResult } from '../../domain/deployment';
import { acquireLeases, LeaseTakenError, releaseLeases, untilLetGo, whoHolds, type Holder } from '../leases';
import type { Cause, DeploymentRun } from '../run';
import { leftovers } from './roll-back';

/** Takes the leases; waits, as the service's policy says, while somebody else has one. */
export async function takeLeases(
  run: DeploymentRun,
  planInput: () => PlanInput,
  untilMs: number,
): Promise<Cause | null> {
  await releaseLeases(run);
  run.leases = [];
  for (;;) {
    const things = await run.watch('find what would be written on', (activities) => activities.findThings(planInput()));
    if (things.kind === 'interrupted') return run.abortCause();
    const holder = things.kind === 'found' ? await take(run, things.arns) : await holderOf(run, things.arns);
    if (holder === null) {
      run.progress.turn = null;
      // What no sense can be made of is for a person, unless somebody is just at work on it.
      return things.kind === 'found' ? null : { outcome: 'rolled-back', reason: things.problems.join('\n') };
    }
    const cause = await waitFor(run, holder, untilMs);
    if (cause) return cause;
  }
}

/** Answers who is in the way, if anybody is. */
async function take(run: DeploymentRun, arns: string[]): Promise<Holder | null> {
  const answer = await acquireLeases({ arns, timeouts: run.timeouts });
  if (answer.kind === 'taken') return answer;
  run.leases = answer.leases;
  return null;
}

function holderOf(run: DeploymentRun, arns: string[]): Promise<Holder | null> {
  return whoHolds({ arns, timeouts: run.timeouts });
}

async function waitFor(run: DeploymentRun, { holder, thing }: Holder, untilMs: number): Promise<Cause | null> {
  const { service, progress } = run;
  const busy = `${holder} holds ${thing}`;
  // A drain holds what it writes on for one write only.
  if (service.whenBusy === 'refuse' && holder.startsWith(deploymentIdPrefix))
    return { outcome: 'rolled-back', reason: `${busy}; wait for it or abort it (whenBusy: queue waits by itself)` };
  if (progress.turn?.holder !== holder) run.notice(`waiting: ${busy}`);
  progress.turn = { holder, thing, sinceMs: progress.turn?.sinceMs ?? Date.now(), untilMs };
  const answer = await untilLetGo({
    holder,
    thing,
    timeouts: run.timeouts,
    everySeconds: service.pollSeconds,
    untilMs,
    interrupted: () => run.abortAsked,
  });
  if (answer.kind === 'interrupted') return run.abortCause();
  if (answer.kind === 'free') return null;
  return { outcome: 'aborted', reason: `waited ${service.limits.queueSeconds} s, and ${busy} still` };
}

/**
 * Somebody else has taken what this deployment was writing on, which is possible only when it was reset or a lease was
 * broken by hand. Two writers on one route are worse than a split that stays, so nothing more is written.
 */
export function endWithoutLease(run: DeploymentRun, error: unknown): DeploymentResult {
  if (!(error instanceof LeaseTakenError)) throw error;
  const { holder, thing } = error;
  return run.finish('needs-attention', `${holder} has taken ${thing}, so this deployment writes nothing more`, {
    repairs: [`see what ${holder} comes to, and where the traffic is`, ...leftovers(run)],
  });
}
