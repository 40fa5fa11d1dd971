/** What was done to the cloud, in order, and what must hold of it whatever happened. */
import type { LedgerEntry } from '../../../sandbox/control/types';
import type { Stage } from './stage';

/** Applied mutations that name something of this service. */
export async function ledgerOf(stage: Stage, serviceName: string): Promise<LedgerEntry[]> {
  const entries = await stage.sandbox.admin.ledger();
  const named = new RegExp(`[/"]${serviceName}(-|/|")`);
  return entries.filter((entry) => entry.outcome === 'applied' && named.test(JSON.stringify(entry.input)));
}

export function countOf(ledger: readonly LedgerEntry[], operation: string): number {
  return ledger.filter((entry) => entry.operation === operation).length;
}

interface ForwardInput {
  Actions?: ActionInput[];
  DefaultActions?: ActionInput[];
}

interface ActionInput {
  ForwardConfig?: { TargetGroups?: { TargetGroupArn: string; Weight: number }[] };
}

/** Breaches of what must never happen, in words; empty when all is well. */
export function breachesIn(ledger: readonly LedgerEntry[]): string[] {
  return [...weightOnSickTargets(ledger), ...forcedDeletions(ledger)];
}

function weightOnSickTargets(ledger: readonly LedgerEntry[]): string[] {
  return ledger.flatMap((entry) => {
    const input = entry.input as ForwardInput;
    const forwards = [...(input.Actions ?? []), ...(input.DefaultActions ?? [])].flatMap(
      (action) => action.ForwardConfig?.TargetGroups ?? [],
    );
    return forwards
      .filter((one) => one.Weight > 0 && (entry.healthyTargets[one.TargetGroupArn] ?? 0) === 0)
      .map(
        (one) =>
          `#${entry.seq} ${entry.operation} gave weight ${one.Weight} to ${one.TargetGroupArn}, which had no healthy target`,
      );
  });
}

function forcedDeletions(ledger: readonly LedgerEntry[]): string[] {
  return ledger
    .filter((entry) => (entry.input as { ForceDelete?: boolean }).ForceDelete === true)
    .map((entry) => `#${entry.seq} ${entry.operation} was forced`);
}
