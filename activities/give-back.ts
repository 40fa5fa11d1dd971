/** The way back of the traffic: what old can carry, at once; the rest as its servers come back. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { lookUntil, report, watcher, writer } from './roles';
import { knownPairs, type PairArns } from './target-group';
import {
  describeForwards,
  describeRoute,
  foreignEdits,
  healthyCount,
  readRoutes,
  writeRoutes,
  type RouteNow,
} from './traffic';
import { onceVisible } from './visibility';
import { orAbsent } from '../clients/aws/errors';
import { describeGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { newPercentAfterGiveBack } from '../domain/give-back';
import type { Plan } from '../domain/plan';
import { givesWeight, mayBeOfFleet } from '../domain/routes';
import { oldNeedsInPair, oldSizeNow } from '../domain/steps';

export type GiveBackAnswer =
  | {
      kind: 'returned';
      /** The highest share that new has left in any route. */
      newPercent: number;
      /** By pair: one may be given back while another has no healthy server of old. Absent from earlier releases. */
      newPercents?: number[];
      readBackMs: number;
      /** Somebody else's weights that were overwritten, which is right only on the way back. */
      overwritten: string[];
      /** Routes in which somebody else's target groups have weight: left as they are. */
      leftAlone: string[];
      /** Servers that new's demand has asked for. Absent from earlier releases. */
      newSize?: number;
    }
  | { kind: 'not-read-back'; detail: string };

export interface GiveBackInput extends OnPlan {
  /** Sizes that the demand has asked of either fleet since the plan: old must be able to carry that. */
  sizesSince: number[];
  /** Highest share that new had when the way back began. Absent from earlier releases. */
  carriedPercent?: number;
}

/** `again`: giving back, or growing old, may do something now. */
export type GiveBackChance = { kind: 'again' } | { kind: 'late' };

export function createGiveBackActivities(deps: ActivityDeps) {
  return {
    /** Gives back to old what its healthy servers can carry; called again until everything is back. */
    giveBack: writer(async (input: GiveBackInput & { ourPercents: number[] }): Promise<GiveBackAnswer> => {
      const aws = sessionOf(deps, input.service);
      const { pairs, leftAlone, unclear, newSize } = await readReturnable(aws, input);
      if (unclear.length > 0)
        return {
          kind: 'not-read-back',
          detail: `the target groups of new cannot be found, and ${unclear.map(describeForwards).join('; ')}`,
        };
      const tooHigh = pairs.map(({ routes, newPercent }) => ({
        routes: routes.filter((route) => (route.observed ?? 0) > newPercent),
        newPercent,
      }));
      const overwritten = tooHigh.flatMap(({ routes }) => foreignEdits(routes, input.ourPercents));
      const problem = await writeAll(aws, tooHigh);
      if (problem !== null) return { kind: 'not-read-back', detail: problem };
      const newPercents = pairs.map(({ newPercent }) => newPercent);
      return {
        kind: 'returned',
        newPercent: Math.max(0, ...newPercents),
        newPercents,
        readBackMs: Date.now(),
        overwritten,
        leftAlone: leftAlone.map(describeRoute),
        newSize,
      };
    }),

    /** Waits until old can carry more than it has, or its group has shrunk. */
    watchGiveBack: watcher(async (input: GiveBackInput & { deadlineMs: number }): Promise<GiveBackChance> => {
      const aws = sessionOf(deps, input.service);
      const { old: planned } = input.plan;
      return lookUntil<GiveBackChance>({
        deadlineMs: input.deadlineMs,
        everySeconds: input.service.pollSeconds,
        look: async () => {
          const [found, old] = await Promise.all([readReturnable(aws, input), describeGroup(aws, planned.groupName)]);
          const size = oldSizeNow({ planned, sizesSince: [...input.sizesSince, found.newSize] });
          const current = Math.max(0, ...found.pairs.map((pair) => pair.current));
          const newPercent = Math.max(0, ...found.pairs.map((pair) => pair.newPercent));
          report({ text: `${current} % of the traffic is on new, and old can carry ${100 - newPercent} %` });
          const canMove = found.pairs.some((pair) => pair.newPercent < pair.current);
          const stuck = current === 0 ? found.leftAlone.length > 0 : !canMove;
          const shrunk = old !== undefined && (old.DesiredCapacity ?? 0) < size;
          return stuck && !shrunk ? null : { kind: 'again' };
        },
        late: () => ({ kind: 'late' }),
      });
    }),
  };
}

/** What belongs together in the way back: a pair of target groups, and the routes that it shares. */
interface ReturnablePair {
  routes: RouteNow[];
  /** Highest share of new in any of them. */
  current: number;
  /** Share that new must keep for now. */
  newPercent: number;
}

interface Returnable {
  pairs: ReturnablePair[];
  leftAlone: RouteNow[];
  /** Routes that give weight to what is not old's while new's target group is not found: it may be that one. */
  unclear: RouteNow[];
  /** Servers that new's group wants, for it carried most of the demand; 0 when it did not. */
  newSize: number;
}

async function readReturnable(aws: AwsSession, input: GiveBackInput): Promise<Returnable> {
  const { plan, sizesSince, carriedPercent = 0 } = input;
  const arns = await knownPairs(aws, plan);
  const routes = await readRoutes(aws, plan, arns);
  const leftAlone = routes.filter((route) => route.observed === null && hasWeight(route, route.pair.newArn));
  const oldArns = arns.map(({ oldArn }) => oldArn);
  const isUnclear = mayBeOfFleet({ fleet: 'new', oldArns, newArns: arns.map(({ newArn }) => newArn || null) });
  const unclear = routes.filter(({ pair, actions }) => pair.newArn === '' && givesWeight(actions, isUnclear));
  // Not by what it carries now: an attempt whose answer was lost may have lowered that.
  const newSize = carriedPercent > 50 ? await sizeOfNew(aws, plan) : 0;
  const pairs = arns.map(async (arnsOfPair, index): Promise<ReturnablePair> => {
    const ofPair = routes.filter(({ route }) => route.pair === index);
    const current = Math.max(0, ...ofPair.map((route) => route.observed ?? 0));
    const oldNeeded = oldNeedsInPair({
      old: plan.old,
      pair: plan.pairs[index] ?? {},
      sizesSince: [...sizesSince, newSize],
    });
    const newPercent = current === 0 ? 0 : await giveBackTarget(aws, arnsOfPair, { current, oldNeeded });
    return { routes: ofPair, current, newPercent };
  });
  return { pairs: await Promise.all(pairs), leftAlone, unclear, newSize };
}

/** A fleet that carried most of the traffic has followed the demand; so must the one that gets it back. */
async function sizeOfNew(aws: AwsSession, plan: Plan): Promise<number> {
  return (await describeGroup(aws, plan.names.group))?.DesiredCapacity ?? 0;
}

function hasWeight({ actions }: RouteNow, arn: string): boolean {
  return givesWeight(actions, (one) => one === arn);
}

async function giveBackTarget(
  aws: AwsSession,
  { oldArn, newArn }: PairArns,
  { current, oldNeeded }: { current: number; oldNeeded: number },
): Promise<number> {
  return newPercentAfterGiveBack({
    currentNewPercent: current,
    oldHealthy: await healthyIn(aws, oldArn),
    oldNeeded,
    newHealthy: newArn === '' ? 0 : await healthyIn(aws, newArn),
  });
}

/** One that is gone has none; the routes of the other pairs must not wait for it. */
async function healthyIn(aws: AwsSession, targetGroupArn: string): Promise<number> {
  return (await orAbsent(() => healthyCount(aws, targetGroupArn))) ?? 0;
}

/** Everything is tried before the first refusal is told. Answers what does not read back, in words. */
async function writeAll(
  aws: AwsSession,
  pairs: readonly Pick<ReturnablePair, 'routes' | 'newPercent'>[],
): Promise<string | null> {
  const written = [];
  for (const { routes, newPercent } of pairs)
    for (const route of routes) {
      const writing = onceVisible(`route ${route.route.arn}`, () => writeRoutes(aws, [route], newPercent));
      written.push(...(await Promise.allSettled([writing])));
    }
  const refused = written.find((one) => one.status === 'rejected');
  if (refused) throw refused.reason;
  const details = written.flatMap((one) =>
    one.status === 'fulfilled' && one.value.kind === 'not-read-back' ? [one.value.detail] : [],
  );
  return details.length === 0 ? null : details.join('; ');
}
