/** What was done to the cloud, in order. */
import { targetGroupName } from '../../../dev/ledger/creations';
import type { Beginning } from '../../../dev/ledger/facts';
import { routeWrites, shareOf } from '../../../dev/ledger/routes';
import { ledgerBreaches } from '../../../dev/ledger/rules';
import type { LedgerEntry } from '../../../sandbox/control/types';
import type { Stage } from './stage';

/** Applied mutations that name something of this service. */
export async function ledgerOf(stage: Stage, serviceName: string): Promise<LedgerEntry[]> {
  const entries = await stage.sandbox.admin.ledger();
  const named = new RegExp(`[/"]${serviceName}(-|/|")`);
  return entries.filter((entry) => entry.outcome === 'applied' && named.test(JSON.stringify(entry.input)));
}

/** Rules that everything done for this service so far has broken, in words. */
export async function breachesOf(stage: Stage, serviceName: string): Promise<string[]> {
  return ledgerBreaches({ ledger: await ledgerOf(stage, serviceName), beginning: stage.beginning });
}

export function countOf(ledger: readonly LedgerEntry[], operation: string): number {
  return ledger.filter((entry) => entry.operation === operation).length;
}

/** Shares of new, in percent, that were written to the routes, in order; a route without new counts as 0. */
export function newPercents(ledger: readonly LedgerEntry[], oldTargetGroup: string): number[] {
  return routeWrites({ ledger, beginning: unknown }).map(({ after }) => {
    const old = Object.keys(after).find((arn) => targetGroupName(arn) === oldTargetGroup) ?? '';
    return Math.round(100 * (1 - shareOf(after, old)));
  });
}

const unknown: Beginning = { routes: {}, fleets: [], ownTargetGroups: [] };
