/** Lets a fleet without traffic go: out of the routes, quiet, empty, removed. Serves old after success and new after a rollback. */
import { sleep } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import type { GoneAnswer } from '../../activities/drain';
import type { Fleet } from '../../activities/group';
import type { Plan } from '../../domain/plan';
import type { ServiceConfig } from '../../domain/service-file';
import type { Interrupted } from '../calls';

export interface Removal {
  fleet: Fleet;
  service: ServiceConfig;
  plan: Plan;
  write: (summary: string) => Activities;
  watch: <Answer>(summary: string, call: (activities: Activities) => Promise<Answer>) => Promise<Answer | Interrupted>;
  tell: (text: string) => void;
  /** A fleet that never had any need not go quiet. */
  hadTraffic: boolean;
  /** Takes weight away that the fleet has got again, and answers what is left to repair; without it that is waited out. */
  takeBack?: () => Promise<string[]>;
  /** After this it is left to a person. */
  untilMs: number;
  entered?: (stage: 'drain' | 'retire') => void;
}

export interface RemovalAnswer {
  ending: 'deleted' | 'scaled-to-zero' | 'needs-attention';
  repairs: string[];
}

export async function removeFleet(removal: Removal): Promise<RemovalAnswer> {
  const { fleet } = removal;
  removal.entered?.('drain');
  const problem = await empty(removal);
  if (problem !== null) return { ending: 'needs-attention', repairs: [problem] };
  removal.entered?.('retire');
  const { ending } = await removal.write(`remove what is left of the ${fleet} fleet`).retireFleet(onFleet(removal));
  return { ending, repairs: [] };
}

/** Out of the routes, quiet, without servers. What gets traffic or servers again meanwhile goes the same way again. */
async function empty(removal: Removal): Promise<string | null> {
  for (;;) {
    const problem =
      (await leaveRoutes(removal)) ??
      (removal.hadTraffic ? await awaitQuiet(removal) : null) ??
      (await scaleToZero(removal));
    if (problem !== null) return problem;
    const answer = await awaitGone(removal);
    if (answer.kind !== 'revived') return answer.problem;
    if (Date.now() >= removal.untilMs) return answer.detail;
    removal.tell(`${answer.detail}: it is let go once more`);
  }
}

/** The plain data of a removal: what may travel to an activity. */
function onFleet({ service, plan, fleet }: Removal) {
  return { service, plan, fleet };
}

async function leaveRoutes(removal: Removal): Promise<string | null> {
  for (;;) {
    const answer = await removal
      .write(`take the ${removal.fleet} fleet out of the routes`)
      .leaveRoutes(onFleet(removal));
    if (answer.kind === 'left') return null;
    if (Date.now() >= removal.untilMs) return `the ${removal.fleet} fleet is still in a route: ${answer.detail}`;
    removal.tell(`the ${removal.fleet} fleet cannot leave its routes yet: ${answer.kind}, ${answer.detail}`);
    const left = await becomeUnweighted(removal);
    if (left !== null) return left;
  }
}

async function awaitQuiet(removal: Removal): Promise<string | null> {
  const { service, plan, fleet } = removal;
  await sleep(service.shift.settleSeconds * 1000, { summary: 'let every balancer node apply the routes' });
  const sinceMs = Date.now();
  for (;;) {
    const deadlineMs = lateAtMs(removal);
    const answer = await removal.watch(`wait until the ${fleet} fleet has no requests`, (activities) =>
      activities.watchQuiet({ service, plan, fleet, sinceMs, deadlineMs }),
    );
    if (answer.kind !== 'late') return null;
    if (Date.now() >= removal.untilMs) return `the ${fleet} fleet still has requests: ${answer.detail}`;
    removal.tell(`the ${fleet} fleet is not quiet after ${service.drain.upToSeconds} s: ${answer.detail}; waiting on`);
  }
}

async function scaleToZero(removal: Removal): Promise<string | null> {
  for (;;) {
    const answer = await removal
      .write(`let the servers of the ${removal.fleet} fleet go`)
      .scaleToZero(onFleet(removal));
    if (answer.kind !== 'still-routed') return null;
    if (Date.now() >= removal.untilMs) return answer.detail;
    removal.tell(`not scaled in: ${answer.detail}`);
    const left = await becomeUnweighted(removal);
    if (left !== null) return left;
  }
}

type Gone = { kind: 'ended'; problem: string | null } | Extract<GoneAnswer, { kind: 'revived' }>;

async function awaitGone(removal: Removal): Promise<Gone> {
  const { service, plan, fleet } = removal;
  for (;;) {
    const deadlineMs = lateAtMs(removal);
    const answer = await removal.watch(`wait until the servers of the ${fleet} fleet are gone`, (activities) =>
      activities.watchGone({ service, plan, fleet, deadlineMs }),
    );
    if (answer.kind === 'revived') return answer;
    if (answer.kind !== 'late') return { kind: 'ended', problem: null };
    if (Date.now() >= removal.untilMs)
      return { kind: 'ended', problem: `the ${fleet} fleet is not gone: ${answer.detail}` };
    removal.tell(`${answer.detail} after ${service.drain.upToSeconds} s; nothing is cut, waiting on`);
  }
}

async function becomeUnweighted(removal: Removal): Promise<string | null> {
  if (!removal.takeBack) {
    await awaitUnweighted(removal);
    return null;
  }
  const left = await removal.takeBack();
  return left.length === 0 ? null : left.join('; ');
}

/** Somebody has given the fleet weight again: that is watched, not undone. */
async function awaitUnweighted(removal: Removal): Promise<void> {
  const { fleet, service } = removal;
  const deadlineMs = lateAtMs(removal);
  await removal.watch(`wait until the ${fleet} fleet has no weight`, (activities) =>
    activities.watchUnweighted({ ...onFleet(removal), deadlineMs }),
  );
  await sleep(service.pollSeconds * 1000, { summary: 'look at the routes again' });
}

function lateAtMs({ service, untilMs }: Removal): number {
  return Math.min(Date.now() + service.drain.upToSeconds * 1000, untilMs);
}
