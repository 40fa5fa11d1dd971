import { creations, deletions, fleetsOf, targetGroupName, type Deletion } from './creations';
import { ourChanges, type LedgerFacts } from './facts';
import { routesBefore, shareOf } from './routes';

/**
 * Nothing is deleted but what deployments made, and that only when no route needs it; never with force. A person's group
 * only where the policy says so, its target groups never.
 */
export function removals(facts: LedgerFacts): string[] {
  const forced = ourChanges(facts).filter(({ input }) => (input as { ForceDelete?: boolean }).ForceDelete === true);
  return [
    ...forced.map(({ seq, operation }) => `#${seq} ${operation} was forced`),
    ...deletions(facts).flatMap((deletion) => {
      const { entry, kind } = deletion;
      const breaches =
        kind === 'group' ? ofGroup(facts, deletion) : kind === 'target group' ? ofTargetGroup(facts, deletion) : [];
      return breaches.map((text) => `#${entry.seq} ${entry.operation} ${text}`);
    }),
  ];
}

function ofGroup(facts: LedgerFacts, { entry, name }: Deletion): string[] {
  const fleet = fleetsOf(facts).find(({ group }) => group === name);
  const isOwn = fleet !== undefined && fleet.deployment !== null;
  const routes = Object.values(routesBefore(facts, entry.seq));
  const serves = fleet?.targetGroupArns.some((arn) => routes.some((shares) => shareOf(shares, arn) > 0)) === true;
  return [
    ...(isOwn || facts.deletable?.includes(name ?? '') ? [] : [`removed ${name}, which no deployment had made`]),
    ...(serves ? [`removed ${name} while a route gave it traffic`] : []),
  ];
}

function ofTargetGroup(facts: LedgerFacts, { entry, name }: Deletion): string[] {
  const made = creations(facts).filter(({ kind }) => kind === 'target group');
  const isOwn = [...facts.beginning.ownTargetGroups, ...made.map((one) => one.name)].includes(name ?? '');
  const named = Object.values(routesBefore(facts, entry.seq)).flatMap((shares) => Object.keys(shares));
  return [
    ...(isOwn ? [] : [`removed ${name}, which no deployment had made`]),
    ...(named.some((arn) => targetGroupName(arn) === name) ? [`removed ${name} while a route named it`] : []),
  ];
}
