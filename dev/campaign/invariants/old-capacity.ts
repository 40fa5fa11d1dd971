import type { RunRecord } from '../record';
import { groupChanges, type GroupChange } from './groups';
import { routeWrites, shareOf } from './routes';

const periodMs = 1000;

/**
 * Fleetshift takes servers from the old fleet only when every route gives all to new, that has settled, and old has gone
 * quiet: in a closed period after that it had no request while new had some.
 */
export function oldCapacity(record: RunRecord): string[] {
  return groupChanges(record)
    .filter(({ ours, group }) => ours && group === record.source.group)
    .filter(({ kind, wanted, wantedBefore }) => kind === 'server-terminated' || wanted < wantedBefore)
    .flatMap((change) => breachesOf(record, change));
}

function breachesOf(record: RunRecord, { entry, wantedBefore, wanted }: GroupChange): string[] {
  const what = `#${entry.seq} ${entry.operation} took old from ${wantedBefore} to ${wanted} servers`;
  const before = routeWrites(record).filter((write) => write.entry.seq < entry.seq);
  const arn = record.source.targetGroupArn;
  const last = record.source.routes.map((route) => before.filter((write) => write.route === route).at(-1));
  if (last.some((write) => !write || shareOf(write.after, arn) > 0)) return [`${what} while it had weight in a route`];
  const zeroSinceMs = Math.max(
    ...before.filter((write) => shareOf(write.before, arn) > 0).map((write) => write.entry.atMs),
  );
  const settledMs = zeroSinceMs + record.settleSeconds * 1000;
  if (entry.atMs < settledMs) return [`${what} ${entry.atMs - zeroSinceMs} ms after its last weight was taken`];
  if (record.scenario.hasTraffic && !wasQuiet(record, settledMs, entry.atMs))
    return [`${what} before any period in which new had requests and old had none`];
  return [];
}

function wasQuiet({ rows, source }: RunRecord, fromMs: number, toMs: number): boolean {
  const oldRows = new Set(rows[source.targetGroupArn]?.filter((row) => row.requests > 0).map((row) => row.startMs));
  return Object.entries(rows)
    .filter(([arn]) => arn !== source.targetGroupArn)
    .some(([, ofNew]) =>
      ofNew.some(
        ({ startMs, requests }) =>
          requests > 0 && startMs >= fromMs - periodMs && startMs + periodMs <= toMs && !oldRows.has(startMs),
      ),
    );
}
