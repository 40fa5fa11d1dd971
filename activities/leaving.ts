/** Taking a fleet without weight out of every route that refers to it, also of those that were made after the plan. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { fleetArns, routesToFleet, weightedRoutes, type Fleet } from './group';
import { lookUntil, report, watcher, writer } from './roles';
import { readsBack } from './traffic';
import { readRoute, writeRoute, type RouteRef } from '../clients/aws/balancers';
import type { AwsSession } from '../clients/aws/sessions';
import { forwardsOf, references, withoutTargetGroup } from '../domain/routes';

export type LeaveAnswer =
  | { kind: 'left' }
  | { kind: 'still-weighted'; detail: string }
  | { kind: 'not-read-back'; detail: string }
  /** One that may not be written on now refers to the fleet. */
  | { kind: 'another-route'; detail: string };

export interface LeaveRoutesInput extends OnPlan {
  fleet: Fleet;
  /** Only these may be written on; all unless given. */
  routeArns?: string[];
}

export type UnweightedAnswer = { kind: 'unweighted' } | { kind: 'late'; detail: string };

export function createLeavingActivities(deps: ActivityDeps) {
  return {
    /** Every route that refers to a fleet, with weight or without. */
    findFleetRoutes: watcher(
      async ({ service, plan, fleet }: OnPlan & { fleet: Fleet }): Promise<{ arns: string[] }> => {
        const aws = sessionOf(deps, service);
        const routes = await routesToFleet(aws, { plan, fleet, arns: await fleetArns(aws, plan, fleet) });
        return { arns: routes.map((route) => route.arn) };
      },
    ),

    leaveRoutes: writer(async ({ service, plan, fleet, routeArns }: LeaveRoutesInput): Promise<LeaveAnswer> => {
      const aws = sessionOf(deps, service);
      const arns = await fleetArns(aws, plan, fleet);
      for (const route of await routesToFleet(aws, { plan, fleet, arns })) {
        if (routeArns?.includes(route.arn) === false) return { kind: 'another-route', detail: route.arn };
        for (const arn of arns) {
          const kind = await leaveRoute(aws, route, arn);
          if (kind !== 'left') return { kind, detail: `${arn} in route ${route.arn}` };
        }
      }
      return { kind: 'left' };
    }),

    /** Waits until no route gives weight to a fleet. */
    watchUnweighted: watcher(
      async (input: OnPlan & { fleet: Fleet; deadlineMs: number }): Promise<UnweightedAnswer> => {
        const aws = sessionOf(deps, input.service);
        let seen = 'the routes could not be read yet';
        return lookUntil<UnweightedAnswer>({
          deadlineMs: input.deadlineMs,
          everySeconds: input.service.pollSeconds,
          look: async () => {
            const weighted = await weightedRoutes(aws, input.plan, input.fleet);
            seen = `the ${input.fleet} fleet still gets traffic by ${weighted.join(', ')}`;
            report({ text: seen });
            return weighted.length === 0 ? { kind: 'unweighted' } : null;
          },
          late: (refusal) => ({ kind: 'late', detail: refusal ?? seen }),
        });
      },
    ),
  };
}

async function leaveRoute(aws: AwsSession, route: RouteRef, arn: string): Promise<LeaveAnswer['kind']> {
  const actions = await readRoute(aws, route);
  if (!actions || !references(actions, arn)) return 'left';
  if (forwardsOf(actions).some((one) => one.arn === arn && one.weight > 0)) return 'still-weighted';
  await writeRoute(aws, route, withoutTargetGroup(actions, arn));
  return (await readsBack(aws, route, (now) => !references(now, arn))) ? 'left' : 'not-read-back';
}
