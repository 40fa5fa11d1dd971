import { fleetsOf } from './creations';
import type { Fleet, LedgerFacts } from './facts';
import { routeWrites, shareOf, type RouteWrite } from './routes';
import { sizeChanges } from './sizes';

const tolerance = 1e-9;

/**
 * No write gives or raises weight for a target group without enough healthy servers at that moment: as many as carry
 * that share of the traffic, and at least one. The way back too: old gets at once what its healthy servers can carry.
 */
export function weightNeedsHealth(facts: LedgerFacts): string[] {
  return routeWrites(facts)
    .filter(({ ours }) => ours)
    .flatMap((write) =>
      Object.keys(write.after)
        .filter((arn) => shareOf(write.after, arn) > shareOf(write.before, arn) + tolerance)
        .flatMap((arn) => breachOf(facts, write, arn)),
    );
}

function breachOf(facts: LedgerFacts, write: RouteWrite, arn: string): string[] {
  const { entry, after } = write;
  const share = shareOf(after, arn);
  const needed = Math.max(1, Math.ceil(carriersOf(facts, write, arn) * share - tolerance));
  const healthy = entry.healthyTargets[arn] ?? 0;
  if (healthy >= needed || facts.lostUnseen?.(entry.atMs)) return [];
  return [
    `#${entry.seq} ${entry.operation} raised ${arn} to ${percent(share)}, which needs ${needed} healthy servers, and it had ${healthy}`,
  ];
}

/** Servers that the fleet of a target group needs in order to carry everything. */
function carriersOf(facts: LedgerFacts, { entry, before, after }: RouteWrite, arn: string): number {
  const fleets = fleetsOf(facts);
  const place = (one: string) => fleets.findIndex(({ targetGroupArns }) => targetGroupArns.includes(one));
  const isYounger = (one: string) => place(one) > place(arn);
  const others = Object.keys(after).filter((one) => one !== arn);
  // When what came after it has nothing left to serve with, whatever it has is better.
  const isLast = others.length > 0 && others.every((one) => isYounger(one) && !entry.healthyTargets[one]);
  if (isLast) return 1;
  const own = fleets[place(arn)];
  const known = facts.beginning.fleets.find(({ group }) => group === own?.group);
  if (known) return Math.min(known.carriers, healthyAtFirst(facts, known));
  const served = fleets.filter((fleet) => fleet.targetGroupArns.some((one) => one !== arn && shareOf(before, one) > 0));
  return Math.max(own ? askedFor(facts, own, entry.seq) : 0, ...served.map((fleet) => sizeOf(facts, fleet, entry.seq)));
}

/** The most that any fleet had when this one's routes were first written: what was sick then did not carry anything. */
function healthyAtFirst(facts: LedgerFacts, { targetGroupArns }: Fleet): number {
  const first = routeWrites(facts).find(({ after }) => targetGroupArns.some((arn) => arn in after));
  return Math.max(0, ...Object.values(first?.entry.healthyTargets ?? {}));
}

/** What Fleetshift has asked a group to run. */
function askedFor(facts: LedgerFacts, { group }: Fleet, beforeSeq: number): number {
  const asked = sizeChanges(facts).filter((one) => one.ours && one.group === group && one.entry.seq < beforeSeq);
  return asked.at(-1)?.wanted ?? 0;
}

/** What anybody has asked a group to run. */
function sizeOf(facts: LedgerFacts, { group, servers }: Fleet, beforeSeq: number): number {
  const asked = sizeChanges(facts).filter((one) => one.group === group && one.entry.seq < beforeSeq);
  return asked.at(-1)?.wanted ?? servers;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
