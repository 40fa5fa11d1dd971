/** Lets a fleet without traffic go: out of the routes, quiet, empty, removed. Serves old after success and new after a rollback. */
import { sleep } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import type { LeaveAnswer } from '../../activities/leaving';
import type { Fleet } from '../../activities/group';
import { pauseSeconds, setbackPauseSeconds } from '../../domain/pace';
import type { Plan } from '../../domain/plan';
import type { ServiceConfig } from '../../domain/service-file';
import { persistently, type Interrupted } from '../calls';

export type RemovalStage = 'leave' | 'settle' | 'quiet' | 'empty' | 'gone' | 'retire';

/** How far a removal has come; plain JSON, so that a workflow may hand it to its next run. */
export interface RemovalPlace {
  stage: RemovalStage;
  /** When this stage began. */
  sinceMs: number;
  /** From here on the fleet's requests are counted: its last route had settled. */
  settledMs: number;
  /** How often the fleet was found with traffic or servers that it should not have had; absent before the first time. */
  setbacks?: number;
}

export interface Removal {
  fleet: Fleet;
  service: ServiceConfig;
  plan: Plan;
  /** Changes as the removal goes on. */
  place: RemovalPlace;
  write: (summary: string, limitSeconds?: number) => Activities;
  watch: <Answer>(summary: string, call: (activities: Activities) => Promise<Answer>) => Promise<Answer | Interrupted>;
  /** Something takes long, and is waited for. */
  tell: (text: string) => void;
  /** A fleet that never had any need not go quiet. */
  hadTraffic: boolean;
  /**
   * Takes weight away that the fleet has got again, and answers what is left to repair; without it that is waited out.
   * Weight that it cannot take, such as by a rule that somebody made meanwhile, is left to a person after this time.
   */
  takeBack?: { run: () => Promise<string[]>; upToSeconds: number };
  /** Writes on routes while nobody else does; without it the whole workflow holds them. */
  exclusively?: (arns: string[], write: (limitSeconds: number) => Promise<LeaveAnswer>) => Promise<LeaveAnswer>;
  /** Before every turn: the place to wait out a pause, and to go over to a new run. */
  between?: () => Promise<void>;
  /** After this it is left to a person. */
  untilMs: number;
}

export interface RemovalAnswer {
  ending: 'deleted' | 'scaled-to-zero' | 'needs-attention';
  repairs: string[];
}

/** The next stage (perhaps the same once more), or what a person has to mend. */
type Next = RemovalStage | { problem: string };

export function firstPlace(): RemovalPlace {
  return { stage: 'leave', sinceMs: Date.now(), settledMs: 0 };
}

/** What gets traffic or servers again meanwhile goes the same way again. */
export async function removeFleet(removal: Removal): Promise<RemovalAnswer> {
  const { place, fleet } = removal;
  for (;;) {
    while (place.stage !== 'retire') {
      await removal.between?.();
      const next = await turns[place.stage](removal);
      if (typeof next === 'object') return { ending: 'needs-attention', repairs: [next.problem] };
      if (next !== place.stage) Object.assign(place, { stage: next, sinceMs: Date.now() });
    }
    await removal.between?.();
    const answer = await insist(removal, `remove what is left of the ${fleet} fleet`, (activities) =>
      activities.retireFleet(onFleet(removal)),
    );
    if (answer.ending !== 'still-routed') return { ending: answer.ending, repairs: [] };
    if (Date.now() >= removal.untilMs) return { ending: 'needs-attention', repairs: [answer.detail] };
    removal.tell(`${answer.detail}: it is let go once more`);
    await pauseAfterSetback(removal);
    Object.assign(place, { stage: 'leave', sinceMs: Date.now() });
  }
}

const turns: Record<Exclude<RemovalStage, 'retire'>, (removal: Removal) => Promise<Next>> = {
  leave: leaveRoutes,
  settle,
  quiet: awaitQuiet,
  empty: scaleToZero,
  gone: awaitGone,
};

/** Until it is done, and told while AWS refuses it. */
function insist<Answer>(
  removal: Removal,
  summary: string,
  call: (activities: Activities) => Promise<Answer>,
): Promise<Answer> {
  const { service, untilMs } = removal;
  return persistently({
    write: () => call(removal.write(summary, service.limits.readBackSeconds)),
    refused: async (message) => {
      removal.tell(`not done yet: ${message}`);
      await pauseAfterSetback(removal);
      await removal.between?.();
    },
    untilMs,
  });
}

/** The plain data of a removal: what may travel to an activity. */
function onFleet({ service, plan, fleet }: Removal) {
  return { service, plan, fleet };
}

async function leaveRoutes(removal: Removal): Promise<Next> {
  const { fleet } = removal;
  const answer = await leave(removal);
  if (answer.kind === 'left') return removal.hadTraffic ? 'settle' : 'empty';
  if (answer.kind === 'another-route') return 'leave';
  if (isOver(removal)) return { problem: `the ${fleet} fleet is still in a route: ${answer.detail}` };
  return becomeUnweighted(removal, `the ${fleet} fleet cannot leave its routes: ${answer.kind}, ${answer.detail}`);
}

async function leave(removal: Removal): Promise<LeaveAnswer> {
  const { fleet, exclusively } = removal;
  const summary = `take the ${fleet} fleet out of the routes`;
  if (!exclusively) return insist(removal, summary, (activities) => activities.leaveRoutes(onFleet(removal)));
  const { arns: routeArns } = await insist(removal, `find the routes of the ${fleet} fleet`, (activities) =>
    activities.findFleetRoutes(onFleet(removal)),
  );
  if (routeArns.length === 0) return { kind: 'left' };
  return exclusively(routeArns, (limitSeconds) =>
    removal.write(summary, limitSeconds).leaveRoutes({ ...onFleet(removal), routeArns }),
  );
}

async function settle(removal: Removal): Promise<Next> {
  await sleep(removal.service.shift.settleSeconds * 1000, { summary: 'let every balancer node apply the routes' });
  removal.place.settledMs = Date.now();
  return 'quiet';
}

async function awaitQuiet(removal: Removal): Promise<Next> {
  const { fleet, place } = removal;
  const deadlineMs = lateAtMs(removal);
  const answer = await removal.watch(`wait until the ${fleet} fleet has no requests`, (activities) =>
    activities.watchQuiet({ ...onFleet(removal), sinceMs: place.settledMs, deadlineMs }),
  );
  if (answer.kind !== 'late') return 'empty';
  if (isOver(removal)) return { problem: `the ${fleet} fleet still has requests: ${answer.detail}` };
  removal.tell(`the ${fleet} fleet is not quiet after ${waitedSeconds(removal)} s: ${answer.detail}; waiting on`);
  return 'quiet';
}

async function scaleToZero(removal: Removal): Promise<Next> {
  const answer = await insist(removal, `let the servers of the ${removal.fleet} fleet go`, (activities) =>
    activities.scaleToZero(onFleet(removal)),
  );
  if (answer.kind !== 'still-routed') return 'gone';
  if (isOver(removal)) return { problem: answer.detail };
  return becomeUnweighted(removal, `not scaled in: ${answer.detail}`);
}

async function awaitGone(removal: Removal): Promise<Next> {
  const { fleet } = removal;
  const deadlineMs = lateAtMs(removal);
  const answer = await removal.watch(`wait until the servers of the ${fleet} fleet are gone`, (activities) =>
    activities.watchGone({ ...onFleet(removal), deadlineMs }),
  );
  switch (answer.kind) {
    case 'interrupted':
    case 'gone':
      return 'retire';
    case 'revived':
      if (isOver(removal)) return { problem: answer.detail };
      removal.tell(`${answer.detail}: it is let go once more`);
      await pauseAfterSetback(removal);
      return 'leave';
    case 'late':
      if (isOver(removal)) return { problem: `the ${fleet} fleet is not gone: ${answer.detail}` };
      removal.tell(`${answer.detail} after ${waitedSeconds(removal)} s; nothing is cut, waiting on`);
      return 'gone';
  }
}

/** Somebody has given the fleet weight again, or has always: it goes out of the routes anew when it has none. */
async function becomeUnweighted(removal: Removal, why: string): Promise<Next> {
  const { takeBack, place } = removal;
  removal.tell(why);
  if (takeBack) {
    const left = await takeBack.run();
    if (left.length > 0) return { problem: left.join('; ') };
    if (Date.now() - place.sinceMs >= takeBack.upToSeconds * 1000) return { problem: why };
  } else {
    await awaitUnweighted(removal);
  }
  await pauseAfterSetback(removal);
  return 'leave';
}

/** Whose weight it is is not known, so that is watched, not undone. */
async function awaitUnweighted(removal: Removal): Promise<void> {
  const { fleet } = removal;
  const deadlineMs = lateAtMs(removal);
  await removal.watch(`wait until the ${fleet} fleet has no weight`, (activities) =>
    activities.watchUnweighted({ ...onFleet(removal), deadlineMs }),
  );
}

/** What sets a removal back may do so again at once, and each time costs history. */
async function pauseAfterSetback({ place, service }: Removal): Promise<void> {
  place.setbacks = (place.setbacks ?? 0) + 1;
  const { pollSeconds } = service;
  const pause = Math.max(
    setbackPauseSeconds({ setbacks: place.setbacks, pollSeconds }),
    pauseSeconds({ waitedMs: Date.now() - place.sinceMs, pollSeconds }),
  );
  await sleep(pause * 1000, { summary: 'look at the fleet again' });
}

function isOver({ untilMs }: Removal): boolean {
  return Date.now() >= untilMs;
}

function waitedSeconds({ place }: Removal): number {
  return Math.round((Date.now() - place.sinceMs) / 1000);
}

/** Told after the time that the service file names, then after twice that, and so on. */
function lateAtMs({ service, place, untilMs }: Removal): number {
  const nowMs = Date.now();
  return Math.min(nowMs + Math.max(service.drain.upToSeconds * 1000, nowMs - place.sinceMs), untilMs);
}
