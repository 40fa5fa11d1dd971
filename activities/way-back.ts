/** What a person would type to give the traffic back without us. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { watcher } from './roles';
import { existingPairs } from './target-group';
import { readRoutes } from './traffic';
import { wayBackCommands } from '../domain/way-back';

export function createWayBackActivities(deps: ActivityDeps) {
  return {
    /** One `aws` command line per route, made from the routes as they are now. */
    readWayBack: watcher(async ({ service, plan }: OnPlan): Promise<{ commands: string[] }> => {
      const aws = sessionOf(deps, service);
      const routes = await readRoutes(aws, plan, await existingPairs(aws, plan));
      return {
        commands: wayBackCommands({
          region: service.region,
          routes: routes.map(({ route, pair, actions }) => ({ kind: route.kind, arn: route.arn, actions, ...pair })),
        }),
      };
    }),
  };
}
