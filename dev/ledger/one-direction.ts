import type { LedgerFacts, Shares } from './facts';
import { routeWrites, shareOf, type RouteWrite } from './routes';

/**
 * A route has one writer, who goes forward and at most once turns back: a share of new that rises again after it fell was
 * written by a second one, or by a late one. New is what came into the route last; with it begins another deployment.
 */
export function oneDirection(facts: LedgerFacts): string[] {
  const ours = routeWrites(facts).filter((write) => write.ours);
  const routes = new Set(ours.map(({ route }) => route));
  return [...routes].flatMap((route) => turnsOf(ours.filter((write) => write.route === route)));
}

/** Of one route. */
function turnsOf(writes: readonly RouteWrite[]): string[] {
  const known = Object.keys(writes[0]?.before ?? {});
  const seen = new Set(known);
  let newArn = known.slice(1).at(-1);
  let last: Shares = writes[0]?.before ?? {};
  let hasTurned = false;
  return writes.flatMap(({ entry, after }) => {
    const arrived = Object.keys(after).filter((arn) => !seen.has(arn));
    if (arrived.length > 0) hasTurned = false;
    newArn = arrived.at(-1) ?? newArn;
    arrived.forEach((arn) => seen.add(arn));
    const step = newArn === undefined ? 0 : shareOf(after, newArn) - shareOf(last, newArn);
    const isBreach = hasTurned && step > 0;
    hasTurned ||= step < 0;
    last = after;
    return isBreach ? [`#${entry.seq} ${entry.operation} raised new again after it had been taken back`] : [];
  });
}
