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

/** Shares of new that were written to the routes, in order; a route without new counts as 0. */
export function newPercents(ledger: readonly LedgerEntry[], oldTargetGroup: string): number[] {
  return ledger.flatMap(({ input }) => {
    const { Actions, DefaultActions } = input as { Actions?: RouteAction[]; DefaultActions?: RouteAction[] };
    const groups = (Actions ?? DefaultActions)?.flatMap((action) => action.ForwardConfig?.TargetGroups ?? []);
    if (!groups) return [];
    const sum = groups.reduce((total, group) => total + group.Weight, 0);
    const old = groups.find((group) => group.TargetGroupArn.includes(`targetgroup/${oldTargetGroup}/`))?.Weight ?? 0;
    return [Math.round(100 - (100 * old) / sum)];
  });
}

interface RouteAction {
  ForwardConfig?: { TargetGroups?: { TargetGroupArn: string; Weight: number }[] };
}
