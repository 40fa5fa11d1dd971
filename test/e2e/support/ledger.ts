/** What was done to the cloud, in order. */
import type { LedgerEntry } from '../../../sandbox/control/types';
import type { Stage } from './stage';

export { breachesIn } from '../../support/breaches';

/** Applied mutations that name something of this service. */
export async function ledgerOf(stage: Stage, serviceName: string): Promise<LedgerEntry[]> {
  const entries = await stage.sandbox.admin.ledger();
  const named = new RegExp(`[/"]${serviceName}(-|/|")`);
  return entries.filter((entry) => entry.outcome === 'applied' && named.test(JSON.stringify(entry.input)));
}

export function countOf(ledger: readonly LedgerEntry[], operation: string): number {
  return ledger.filter((entry) => entry.operation === operation).length;
}
