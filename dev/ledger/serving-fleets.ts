import { fleetsOf } from './creations';
import { ourChanges, type LedgerFacts } from './facts';
import { routesBefore, shareOf } from './routes';
import { sizeChanges, takesServers } from './sizes';

/** Fleetshift takes no server from a fleet, old or new, while a route gives it weight; and never one by its id. */
export function servingFleets(facts: LedgerFacts): string[] {
  const taken = sizeChanges(facts).filter((change) => change.ours && takesServers(change));
  const byId = ourChanges(facts).filter(({ operation }) => /^TerminateInstance/.test(operation));
  return [
    ...taken.flatMap(({ entry, group, wantedBefore, wanted }) => {
      const routes = routesWithWeight(facts, group, entry.seq);
      if (routes.length === 0) return [];
      const what = `#${entry.seq} ${entry.operation} took ${group} from ${wantedBefore} to ${wanted} servers`;
      return [`${what} while it had weight in ${routes.join(', ')}`];
    }),
    ...byId.map(({ seq, operation }) => `#${seq} ${operation} took a server that may have served`),
  ];
}

function routesWithWeight(facts: LedgerFacts, group: string, seq: number): string[] {
  const arns = fleetsOf(facts).flatMap((fleet) => (fleet.group === group ? fleet.targetGroupArns : []));
  return Object.entries(routesBefore(facts, seq))
    .filter(([, shares]) => arns.some((arn) => shareOf(shares, arn) > 0))
    .map(([route]) => route);
}
