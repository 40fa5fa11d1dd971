import { isOurs, type LedgerFacts } from '../ledger/facts';
import { serversLostJustBefore } from './late';
import type { RunRecord } from './record';

/** What the rules about ledgers need of a run. */
export function ledgerFactsOf(record: RunRecord): LedgerFacts {
  const { source, ledger, result, scenario } = record;
  const { group, targetGroupArn, servers } = source;
  // What old lost before the plan was made, it did not need.
  const firstWrite = ledger.find(isOurs);
  const lostBefore = record.done.some(
    ({ what, atMs }) => /^(crash|shrink|delete)-old$/.test(what) && atMs <= (firstWrite?.atMs ?? 0),
  );
  const carriers = lostBefore ? 1 : servers;
  return {
    ledger,
    beginning: {
      routes: Object.fromEntries(source.routes.map((route) => [route, { [targetGroupArn]: 1 }])),
      fleets: [{ group, targetGroupArns: [targetGroupArn], servers, carriers, deployment: null }],
      ownTargetGroups: [],
    },
    deletable: result?.outcome === 'succeeded' && scenario.oldGroup === 'delete' ? [group] : [],
    lostUnseen: (atMs) => serversLostJustBefore(record, atMs),
  };
}
