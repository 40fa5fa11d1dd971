/**
 * The one way back, whoever goes it and from wherever: traffic first, then what was made, then what was frozen. A
 * deployment goes it before it is decided, a drain while it keeps the old fleet.
 */
import { sleep } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import type { GiveBackAnswer } from '../../activities/give-back';
import type { DeploymentResult } from '../../domain/deployment';
import { pauseSeconds } from '../../domain/pace';
import type { Plan } from '../../domain/plan';
import { oldSizeNow } from '../../domain/steps';
import type { ServiceConfig } from '../../domain/service-file';
import { activityFailureMessage, type Interrupted } from '../calls';
import type { Cause, DeploymentRun } from '../run';
import { firstPlace, removeFleet } from './remove-fleet';

/** What the way back needs of whoever goes it. */
export interface WayBack {
  readonly service: ServiceConfig;
  readonly plan: Plan;
  /** Every share that may have been written: what is found of them in a route is ours. */
  ourPercents(): number[];
  /** MinSize values written to old while frozen. */
  readonly frozenMinSizes: readonly number[];
  rememberFreeze(minSize: number): void;
  /** Servers that new was last raised to: what the demand had asked for by then. */
  readonly newWanted: number;
  /** Highest share that new had when the way back began. */
  readonly carriedPercent: number;
  /** Whether new may have had traffic. */
  readonly hadTraffic: boolean;
  write(summary: string, limitSeconds?: number): Activities;
  watch<Answer>(summary: string, call: (activities: Activities) => Promise<Answer>): Promise<Answer | Interrupted>;
  notice(text: string): void;
  /** Read back: new has at most this share now. */
  givenBack(share: GivenBack): void;
}

export interface GivenBack {
  /** The highest. */
  newPercent: number;
  /** All that were written. */
  newPercents: number[];
  readBackMs: number;
}

export interface WentBack {
  /** Old has all the traffic that it had. */
  restored: boolean;
  /** What is left to a person. */
  repairs: string[];
}

/** Servers of old that come back meanwhile get their traffic no later than this. */
const regrowTrySeconds = 30;

export async function rollBack(run: DeploymentRun, cause: Cause): Promise<DeploymentResult> {
  run.goBack(cause);
  const { restored, repairs } = await goBack(wayBackOf(run));
  if (restored && run.wasShifted) run.trafficRestoredAtMs = run.lastWrite.readBackMs;
  return run.finish(repairs.length === 0 ? cause.outcome : 'needs-attention', cause.reason, { repairs });
}

function wayBackOf(run: DeploymentRun): WayBack {
  return {
    service: run.service,
    plan: run.plan,
    ourPercents: () => [...run.askedPercents],
    frozenMinSizes: run.frozenMinSizes,
    rememberFreeze: (minSize) => run.rememberFreeze(minSize),
    newWanted: run.newWanted,
    carriedPercent: Math.max(...run.ourPercents()),
    hadTraffic: run.wasShifted,
    write: (summary, limitSeconds) => run.write(summary, limitSeconds),
    watch: (summary, call) => run.watch(summary, call),
    notice: (text) => run.notice(text),
    givenBack: ({ newPercent, newPercents, readBackMs }) => {
      newPercents.forEach((percent) => run.askedPercents.add(percent));
      run.progress.split = { newPercent };
      run.lastWrite = { ...run.lastWrite, readBackMs, newPercent };
    },
  };
}

export async function goBack(way: WayBack): Promise<WentBack> {
  const stranded = await repairable(() => giveBackAll(way), 'put the traffic back to the old fleet');
  if (stranded.length > 0) return { restored: false, repairs: [...stranded, ...leftovers(way)] };
  const repairs = [
    ...(await repairable(() => removeNew(way), `remove ${way.plan.names.group}`)),
    ...(await repairable(() => unfreezeOld(way), unfreezeSentence(way))),
  ];
  return { restored: true, repairs };
}

/** At once what old can carry; old is grown again, and the rest follows as its servers come back. */
async function giveBackAll(way: WayBack): Promise<string[]> {
  let sinceMs: number | null = null;
  let newSize = 0;
  for (;;) {
    const { service, plan, carriedPercent } = way;
    const onPlan = { service, plan, carriedPercent, sizesSince: [...sizesSince(way), newSize] };
    const answer = await way
      .write('give the traffic back to old')
      .giveBack({ ...onPlan, ourPercents: way.ourPercents() });
    // The limit counts from the first answer: before that perhaps no worker was there.
    sinceMs ??= Date.now();
    if (answer.kind === 'returned') newSize = Math.max(newSize, answer.newSize ?? 0);
    const missing = answer.kind === 'returned' ? noteGivenBack(way, answer) : [answer.detail];
    if (missing.length === 0) return [];
    const deadlineMs = sinceMs + way.service.limits.regrowSeconds * 1000;
    if (Date.now() >= deadlineMs) return missing;
    await regrowOld(way, onPlan);
    await sleep(pauseMs(way, sinceMs), { summary: 'until old can carry more' });
    await way.watch('wait until old can carry more', (activities) =>
      activities.watchGiveBack({ ...onPlan, deadlineMs }),
    );
  }
}

function pauseMs({ service }: WayBack, sinceMs: number): number {
  return pauseSeconds({ waitedMs: Date.now() - sinceMs, pollSeconds: service.pollSeconds }) * 1000;
}

/** One that AWS refuses is told, and comes again: what old can carry meanwhile does not wait for it. */
async function regrowOld(way: WayBack, { sizesSince }: { sizesSince: number[] }): Promise<void> {
  const { service, plan } = way;
  const size = oldSizeNow({ planned: plan.old, sizesSince });
  // Known before it is written: what is found of it later is ours.
  way.rememberFreeze(size);
  try {
    const answer = await way
      .write('grow old to the size it needs', regrowTrySeconds)
      .regrowOld({ service, plan, size });
    if (answer.kind === 'asked' && answer.raisedMaxSize) way.notice(maxSizeSentence(way, answer.raisedMaxSize));
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    way.notice(`old is not grown yet: ${message}`);
  }
}

function maxSizeSentence({ plan }: WayBack, { from, to }: { from: number; to: number }): string {
  return `MaxSize of ${plan.old.groupName} was raised from ${from} to ${to}, and stays so`;
}

function sizesSince({ newWanted, frozenMinSizes }: WayBack): number[] {
  return [newWanted, ...frozenMinSizes];
}

/** Answers what still keeps traffic from old, in words. */
function noteGivenBack(way: WayBack, answer: Extract<GiveBackAnswer, { kind: 'returned' }>): string[] {
  const { newPercent, newPercents = [newPercent], readBackMs, leftAlone } = answer;
  answer.overwritten.forEach((edit) => way.notice(`overwritten on the way back: ${edit}`));
  way.givenBack({ newPercent, newPercents, readBackMs });
  const where = leftAlone.length > 0 ? ' by the routes in which nobody else has weight' : '';
  way.notice(`${100 - newPercent} % on old${where}, read back`);
  const { old, names } = way.plan;
  return [
    ...(newPercent === 0
      ? []
      : [
          `${newPercent} % of the traffic is still on ${names.group}: ${old.groupName} has too few healthy servers to carry more`,
        ]),
    ...leftAlone.map((edit) => `${edit}; take ${names.group} out of it`),
  ];
}

/** What one that cannot go back leaves behind. */
export function leftovers(way: Pick<WayBack, 'plan' | 'frozenMinSizes' | 'service'>): string[] {
  const { plan, frozenMinSizes } = way;
  return [
    `fleetshift recover <service file> finds it, and finishes it or goes back; by hand:`,
    deletionSentence(way, `when ${plan.old.groupName} has all traffic again,`),
    ...(frozenMinSizes.length === 0 ? [] : [unfreezeSentence(way)]),
  ];
}

function deletionSentence({ plan, service }: Pick<WayBack, 'plan' | 'service'>, when: string): string {
  const { group, template, targetGroups } = plan.names;
  return `${when} in ${service.region} delete group ${group}, target groups ${targetGroups.join(', ')} and launch template ${template}`;
}

async function removeNew(way: WayBack): Promise<string[]> {
  const { repairs } = await removeFleet({
    fleet: 'new',
    service: way.service,
    plan: way.plan,
    place: firstPlace(),
    write: (summary) => way.write(summary),
    watch: (summary, call) => way.watch(summary, call),
    tell: (text) => way.notice(text),
    hadTraffic: way.hadTraffic,
    takeBack: { run: () => giveBackAll(way), upToSeconds: way.service.limits.regrowSeconds },
    untilMs: Date.now() + way.service.limits.rollbackSeconds * 1000,
  });
  return repairs.length === 0 ? [] : [...repairs, deletionSentence(way, 'then')];
}

async function unfreezeOld(way: WayBack): Promise<string[]> {
  const { service, plan, frozenMinSizes } = way;
  if (frozenMinSizes.length === 0) return [];
  const answer = await way
    .write('restore the minimum size of old')
    .restoreMinSize({ service, plan, fleet: 'old', frozenMinSizes: [...frozenMinSizes] });
  if (answer.kind === 'foreign-edit') way.notice(`left as it is: ${answer.detail}`);
  return [];
}

function unfreezeSentence({ plan }: Pick<WayBack, 'plan'>): string {
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
