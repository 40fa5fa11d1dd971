import { serversLostJustBefore } from '../late';
import type { RunRecord } from '../record';
import { isOurs, routeWrites, shareOf, type RouteWrite } from './routes';
import { groupChanges } from './groups';

const tolerance = 1e-9;

/**
 * No write gives or raises weight for a target group without enough healthy servers at that moment: as many as carry
 * that share of the traffic, and at least one. The way back too: old gets at once what its healthy servers can carry.
 */
export function weightNeedsHealth(record: RunRecord): string[] {
  return routeWrites(record)
    .filter(({ ours }) => ours)
    .flatMap((write) =>
      Object.keys(write.after)
        .filter((arn) => shareOf(write.after, arn) > shareOf(write.before, arn) + tolerance)
        .flatMap((arn) => breachOf(record, write, arn)),
    );
}

function breachOf(record: RunRecord, write: RouteWrite, arn: string): string[] {
  const { entry, after } = write;
  const share = shareOf(after, arn);
  const carriers = arn === record.source.targetGroupArn ? oldServers(record, write) : newServers(record, write);
  const needed = Math.max(1, Math.ceil(carriers * share - tolerance));
  const healthy = entry.healthyTargets[arn] ?? 0;
  if (healthy >= needed || serversLostJustBefore(record, entry.atMs)) return [];
  return [
    `#${entry.seq} ${entry.operation} raised ${arn} to ${percent(share)}, which needs ${needed} healthy servers, and it had ${healthy}`,
  ];
}

/** The servers with which old carried everything, when that is known. */
function oldServers(record: RunRecord, { entry, after }: RouteWrite): number {
  const others = Object.keys(after).filter((arn) => arn !== record.source.targetGroupArn);
  // When new has nothing left to serve with, whatever old has is better.
  const newIsGone = others.length > 0 && others.every((arn) => (entry.healthyTargets[arn] ?? 0) === 0);
  // What old lost before the plan was made, it did not need.
  const firstWrite = record.ledger.find(isOurs);
  const lostBefore = record.done.some(
    ({ what, atMs }) => /^(crash|shrink|delete)-old$/.test(what) && atMs <= (firstWrite?.atMs ?? 0),
  );
  return newIsGone || lostBefore ? 1 : record.source.servers;
}

/** What this deployment has asked the clone to run. */
function newServers(record: RunRecord, { entry }: RouteWrite): number {
  const asked = groupChanges(record).filter(
    (change) => change.ours && change.group !== record.source.group && change.entry.seq < entry.seq,
  );
  return asked.at(-1)?.wanted ?? 0;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
