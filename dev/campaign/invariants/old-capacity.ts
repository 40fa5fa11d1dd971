import { ledgerFactsOf } from '../ledger-facts';
import { routeWrites, routesBefore, shareOf } from '../../ledger/routes';
import { sizeChanges, takesServers, type SizeChange } from '../../ledger/sizes';
import type { RunRecord } from '../record';

const periodMs = 1000;

/**
 * Fleetshift takes servers from the old fleet only when all its weight is gone (a rule of the ledger), that has settled,
 * and old has gone quiet: in a closed period after that it had no request while new had some.
 */
export function oldCapacity(record: RunRecord): string[] {
  return sizeChanges(ledgerFactsOf(record))
    .filter((change) => change.ours && change.group === record.source.group && takesServers(change))
    .flatMap((change) => breachesOf(record, change));
}

function breachesOf(record: RunRecord, { entry, wantedBefore, wanted }: SizeChange): string[] {
  const what = `#${entry.seq} ${entry.operation} took old from ${wantedBefore} to ${wanted} servers`;
  const arn = record.source.targetGroupArn;
  const facts = ledgerFactsOf(record);
  if (Object.values(routesBefore(facts, entry.seq)).some((shares) => shareOf(shares, arn) > 0)) return [];
  const taken = routeWrites(facts).filter((write) => write.entry.seq < entry.seq && shareOf(write.before, arn) > 0);
  const zeroSinceMs = Math.max(...taken.map((write) => write.entry.atMs));
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
