/** The way back of the traffic: what old can carry, at once; the rest as its servers come back. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { lookUntil, report, watcher, writer } from './roles';
import { newTargetGroupArns, type PairArns } from './target-group';
import {
  describeForwards,
  describeRoute,
  foreignEdits,
  healthyCount,
  readRoutes,
  writeRoutes,
  type RouteNow,
} from './traffic';
import { describeGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { newPercentAfterGiveBack } from '../domain/give-back';
import { givesWeight, mayBeOfFleet } from '../domain/routes';
import { oldNeedsForAll, oldSizeNow } from '../domain/steps';

export type GiveBackAnswer =
  | {
      kind: 'returned';
      newPercent: number;
      readBackMs: number;
      /** Somebody else's weights that were overwritten, which is right only on the way back. */
      overwritten: string[];
      /** Routes in which somebody else's target groups have weight: left as they are. */
      leftAlone: string[];
    }
  | { kind: 'not-read-back'; detail: string };

export interface GiveBackInput extends OnPlan {
  /** Sizes that the demand has asked of either fleet since the plan: old must be able to carry that. */
  sizesSince: number[];
}

/** `again`: giving back, or growing old, may do something now. */
export type GiveBackChance = { kind: 'again' } | { kind: 'late' };

export function createGiveBackActivities(deps: ActivityDeps) {
  return {
    /** Gives back to old what its healthy servers can carry; called again until everything is back. */
    giveBack: writer(async (input: GiveBackInput & { ourPercents: number[] }): Promise<GiveBackAnswer> => {
      const aws = sessionOf(deps, input.service);
      const { routes, leftAlone, unclear, newPercent } = await readReturnable(aws, input);
      if (unclear.length > 0)
        return {
          kind: 'not-read-back',
          detail: `the target groups of new cannot be found, and ${unclear.map(describeForwards).join('; ')}`,
        };
      const tooHigh = routes.filter((route) => (route.observed ?? 0) > newPercent);
      const overwritten = foreignEdits(tooHigh, input.ourPercents);
      const answer = await writeRoutes(aws, tooHigh, newPercent);
      if (answer.kind !== 'written') return answer;
      return {
        kind: 'returned',
        newPercent,
        readBackMs: answer.readBackMs,
        overwritten,
        leftAlone: leftAlone.map(describeRoute),
      };
    }),

    /** Waits until old can carry more than it has, or its group has shrunk. */
    watchGiveBack: watcher(async (input: GiveBackInput & { deadlineMs: number }): Promise<GiveBackChance> => {
      const aws = sessionOf(deps, input.service);
      const { old: planned } = input.plan;
      const size = oldSizeNow({ planned, sizesSince: input.sizesSince });
      return lookUntil<GiveBackChance>({
        deadlineMs: input.deadlineMs,
        everySeconds: input.service.pollSeconds,
        look: async () => {
          const [found, old] = await Promise.all([readReturnable(aws, input), describeGroup(aws, planned.groupName)]);
          report({
            text: `${found.current} % of the traffic is on new, and old can carry ${100 - found.newPercent} %`,
          });
          const stuck = found.current === 0 ? found.leftAlone.length > 0 : found.newPercent === found.current;
          const shrunk = old !== undefined && (old.DesiredCapacity ?? 0) < size;
          return stuck && !shrunk ? null : { kind: 'again' };
        },
        late: () => ({ kind: 'late' }),
      });
    }),
  };
}

interface Returnable {
  routes: RouteNow[];
  leftAlone: RouteNow[];
  /** Routes that give weight to what is not old's while new's target group is not found: it may be that one. */
  unclear: RouteNow[];
  /** Highest share of new in any route. */
  current: number;
  /** Share that new must keep for now. */
  newPercent: number;
}

async function readReturnable(aws: AwsSession, { plan, sizesSince }: GiveBackInput): Promise<Returnable> {
  const newArns = await newTargetGroupArns(aws, plan);
  const pairs = plan.pairs.map((pair, index) => ({ oldArn: pair.oldArn, newArn: newArns[index] ?? '' }));
  const routes = await readRoutes(aws, plan, pairs);
  const leftAlone = routes.filter((route) => route.observed === null && hasWeight(route, route.pair.newArn));
  const isUnclear = mayBeOfFleet({ fleet: 'new', oldArns: pairs.map((pair) => pair.oldArn), newArns });
  const unclear = routes.filter(({ pair, actions }) => pair.newArn === '' && givesWeight(actions, isUnclear));
  const current = Math.max(0, ...routes.map((route) => route.observed ?? 0));
  const oldNeeded = oldNeedsForAll({ planned: plan.old, sizesSince });
  return {
    routes,
    leftAlone,
    unclear,
    current,
    newPercent: current === 0 ? 0 : await giveBackTarget(aws, pairs, { current, oldNeeded }),
  };
}

function hasWeight({ actions }: RouteNow, arn: string): boolean {
  return givesWeight(actions, (one) => one === arn);
}

async function giveBackTarget(
  aws: AwsSession,
  pairs: readonly PairArns[],
  { current, oldNeeded }: { current: number; oldNeeded: number },
): Promise<number> {
  const targets = await Promise.all(
    pairs.map(async ({ oldArn, newArn }) =>
      newPercentAfterGiveBack({
        currentNewPercent: current,
        oldHealthy: await healthyCount(aws, oldArn),
        oldNeeded,
        newHealthy: newArn === '' ? 0 : await healthyCount(aws, newArn),
      }),
    ),
  );
  return Math.max(...targets);
}
