import { lookToWriteMs } from '../late';
import type { RunRecord } from '../record';
import type { Shares } from '../../ledger/facts';
import { routeWrites, shareOf, type RouteWrite } from '../../ledger/routes';
import { ledgerFactsOf } from '../ledger-facts';

/**
 * Somebody else's weights are seen and told: nothing is written over them on the way forward, and on the way back not
 * without saying so.
 */
export function foreignEdits(record: RunRecord): string[] {
  const writes = routeWrites(ledgerFactsOf(record));
  return writes.flatMap((write, index) => {
    const last = writes
      .slice(0, index)
      .filter(({ route }) => route === write.route)
      .at(-1);
    if (!write.ours || last === undefined || last.ours || isOurShare(record, writes.slice(0, index), last)) return [];
    const unseenMs = lookToWriteMs(record, write.entry.atMs);
    if (write.entry.atMs - last.entry.atMs <= unseenMs) return [];
    const what = `#${write.entry.seq} ${write.entry.operation} wrote over the weights of #${last.entry.seq}`;
    if (newShare(write.after, record) > newShare(write.before, record)) return [`${what} on the way forward`];
    return isTold(record) ? [] : [`${what} and nobody was told`];
  });
}

/** Of everything that is not the source's. */
function newShare(shares: Shares, { source }: RunRecord): number {
  const arns = Object.keys(shares).filter((arn) => arn !== source.targetGroupArn);
  return arns.reduce((sum, arn) => sum + shareOf(shares, arn), 0);
}

/** They wrote what stood there before, as somebody does who takes an edit back. */
function isOurShare(record: RunRecord, earlier: readonly RouteWrite[], { route, after }: RouteWrite): boolean {
  const share = newShare(after, record);
  return (
    share === 0 ||
    earlier.some((write) => write.ours && write.route === route && newShare(write.after, record) === share)
  );
}

function isTold({ notices, result }: RunRecord): boolean {
  const texts = [...notices.map(({ text }) => text), ...(result?.warnings ?? []), result?.reason ?? ''];
  return texts.some((text) => /changed by somebody else|overwritten/.test(text));
}
