/** The sizes of a service's groups, replayed from the ledger. */
import type { LedgerEntry } from '../../sandbox/control/types';
import { isOurs, type LedgerFacts } from './facts';

export interface SizeChange {
  entry: LedgerEntry;
  ours: boolean;
  group: string;
  kind: 'created' | 'sized' | 'deleted';
  /** Servers that the group was asked for before and after. */
  wantedBefore: number;
  wanted: number;
}

interface GroupInput {
  AutoScalingGroupName?: string;
  MinSize?: number;
  MaxSize?: number;
  DesiredCapacity?: number;
}

/** Every applied change of a group's size, in order; a raised minimum or a lowered maximum takes the size with it. */
export function sizeChanges({ ledger, beginning }: Pick<LedgerFacts, 'ledger' | 'beginning'>): SizeChange[] {
  const wantedNow = new Map(beginning.fleets.map(({ group, servers }) => [group, servers]));
  return ledger.flatMap((entry): SizeChange[] => {
    const input = entry.input as GroupInput;
    const kind = kinds[entry.operation];
    if (entry.outcome !== 'applied' || kind === undefined) return [];
    const group = input.AutoScalingGroupName ?? '';
    const wantedBefore = wantedNow.get(group) ?? 0;
    const wanted = kind === 'deleted' ? 0 : sizeAfter(wantedBefore, input);
    wantedNow.set(group, wanted);
    return [{ entry, ours: isOurs(entry), group, kind, wantedBefore, wanted }];
  });
}

/** Whether it may take servers away. */
export function takesServers({ kind, wantedBefore, wanted }: SizeChange): boolean {
  return wanted < wantedBefore || (kind !== 'created' && wanted === 0);
}

const kinds: Partial<Record<string, SizeChange['kind']>> = {
  CreateAutoScalingGroup: 'created',
  UpdateAutoScalingGroup: 'sized',
  SetDesiredCapacity: 'sized',
  DeleteAutoScalingGroup: 'deleted',
};

function sizeAfter(before: number, { DesiredCapacity, MinSize = 0, MaxSize = Infinity }: GroupInput): number {
  return DesiredCapacity ?? Math.min(Math.max(before, MinSize), MaxSize);
}
