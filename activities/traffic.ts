/** Weights: every change is read back, and none is written over somebody else's. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { lookUntil, pause, watcher, writer } from './roles';
import { existingPairs, type PairArns } from './target-group';
import { readRoute, targetHealth, writeRoute, type Action, type RouteRef } from '../clients/aws/balancers';
import type { AwsSession } from '../clients/aws/sessions';
import type { Plan, PlannedRoute } from '../domain/plan';
import { forwardsOf, observedNewPercent, references, withSplit } from '../domain/routes';
import { neededHealthy } from '../domain/steps';

export type SplitAnswer =
  | { kind: 'written'; readBackMs: number }
  | { kind: 'not-read-back'; detail: string }
  | { kind: 'unhealthy'; detail: string }
  | { kind: 'foreign-edit'; detail: string };

export type RoutesAnswer = { kind: 'ours' } | { kind: 'late'; detail: string };

export interface WriteSplitInput extends OnPlan {
  newPercent: number;
  /** Shares that we may have written: any other one found is somebody else's edit. */
  ourPercents: number[];
  /** Servers that the new fleet should have. */
  newWanted: number;
}

const readBackTries = 5;
const readBackPauseSeconds = 0.2;

export function createTrafficActivities(deps: ActivityDeps) {
  return {
    /** Moves every route to the share asked for; raises only what has enough healthy servers at this moment. */
    writeSplit: writer(async (input: WriteSplitInput): Promise<SplitAnswer> => {
      const aws = sessionOf(deps, input.service);
      const pairs = await existingPairs(aws, input.plan);
      const routes = await readRoutes(aws, input.plan, pairs);
      const foreign = foreignEdits(routes, input.ourPercents);
      if (foreign.length > 0) return { kind: 'foreign-edit', detail: foreign.join('; ') };
      const needed = neededHealthy({ wantedServers: input.newWanted, newPercent: input.newPercent });
      for (const { newArn } of pairs) {
        const healthy = await healthyCount(aws, newArn);
        if (healthy < needed) {
          return {
            kind: 'unhealthy',
            detail: `${newArn} has ${healthy} healthy servers and needs ${needed} for ${input.newPercent} %`,
          };
        }
      }
      return writeRoutes(aws, routes, input.newPercent);
    }),

    /** Routes whose share is none of these, in words. */
    readEdits: watcher(
      async ({ service, plan, ourPercents }: OnPlan & { ourPercents: number[] }): Promise<{ edits: string[] }> => {
        const aws = sessionOf(deps, service);
        return { edits: foreignEdits(await readRoutes(aws, plan, await existingPairs(aws, plan)), ourPercents) };
      },
    ),

    /** Waits until every route has one of these shares again. */
    watchRoutes: watcher(
      async (input: OnPlan & { ourPercents: number[]; deadlineMs: number }): Promise<RoutesAnswer> => {
        const aws = sessionOf(deps, input.service);
        let seen = 'the routes could not be read yet';
        return lookUntil<RoutesAnswer>({
          deadlineMs: input.deadlineMs,
          everySeconds: input.service.pollSeconds,
          look: async () => {
            const edits = foreignEdits(
              await readRoutes(aws, input.plan, await existingPairs(aws, input.plan)),
              input.ourPercents,
            );
            seen = edits.join('; ');
            return edits.length === 0 ? { kind: 'ours' } : null;
          },
          late: (refusal) => ({ kind: 'late', detail: refusal ?? seen }),
        });
      },
    ),
  };
}

/** A route as it is now, beside the pair of target groups whose share it decides. */
export interface RouteNow {
  route: PlannedRoute;
  pair: PairArns;
  actions: Action[];
  /** Share of new; null when a third target group has weight, or the route is gone. */
  observed: number | null;
}

export async function readRoutes(aws: AwsSession, plan: Plan, pairs: readonly PairArns[]): Promise<RouteNow[]> {
  return Promise.all(
    plan.routes.map(async (route): Promise<RouteNow> => {
      const pair = pairs[route.pair] ?? { oldArn: '', newArn: '' };
      const actions = (await readRoute(aws, route)) ?? [];
      return { route, pair, actions, observed: observedNewPercent(actions, pair) };
    }),
  );
}

/** Routes whose share is none of those that we may have written, in words. */
export function foreignEdits(routes: readonly RouteNow[], ours: readonly number[]): string[] {
  return routes
    .filter(({ observed }) => observed === null || !ours.some((percent) => Math.abs(percent - observed) < 0.01))
    .map(describeRoute);
}

export function describeRoute(route: RouteNow): string {
  return describe(route, 'was changed by somebody else and now has');
}

export function describeForwards(route: RouteNow): string {
  return describe(route, 'has');
}

function describe({ route, actions }: RouteNow, what: string): string {
  const found = forwardsOf(actions).map((one) => `${one.arn} weight ${one.weight}`);
  return `route ${route.arn} ${what} ${found.join(', ') || 'no forward action'}`;
}

export async function healthyCount(aws: AwsSession, targetGroupArn: string): Promise<number> {
  return (await targetHealth(aws, targetGroupArn)).filter((target) => target.state === 'healthy').length;
}

export async function writeRoutes(
  aws: AwsSession,
  routes: readonly RouteNow[],
  newPercent: number,
): Promise<Extract<SplitAnswer, { kind: 'written' | 'not-read-back' }>> {
  const unfinished = (route: RouteNow) => !isAt(route.actions, route.pair, newPercent);
  for (const route of routes.filter(unfinished)) {
    await writeRoute(aws, route.route, withSplit(route.actions, { ...route.pair, newPercent }));
  }
  for (const route of routes) {
    const readBack = await readsBack(aws, route.route, (actions) => isAt(actions, route.pair, newPercent));
    if (!readBack)
      return {
        kind: 'not-read-back',
        detail: `route ${route.route.arn} does not read back with ${newPercent} % on new`,
      };
  }
  return { kind: 'written', readBackMs: Date.now() };
}

function isAt(actions: Action[], pair: PairArns, newPercent: number): boolean {
  const observed = observedNewPercent(actions, pair);
  return (
    references(actions, pair.newArn) &&
    references(actions, pair.oldArn) &&
    observed !== null &&
    Math.abs(observed - newPercent) < 0.01
  );
}

/** Reads a route again until it is as written; balancers may answer with the old state for a moment. */
export async function readsBack(
  aws: AwsSession,
  route: RouteRef,
  holds: (actions: Action[]) => boolean,
): Promise<boolean> {
  for (let attempt = 0; attempt < readBackTries; attempt++) {
    if (attempt > 0) await pause(readBackPauseSeconds);
    const actions = await readRoute(aws, route);
    if (actions && holds(actions)) return true;
  }
  return false;
}
