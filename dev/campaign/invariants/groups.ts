/** The sizes of a service's groups, replayed from the ledger. */
import type { LedgerEntry } from '../../../sandbox/control/types';
import type { RunRecord } from '../record';
import { isOurs } from './routes';

export interface GroupChange {
  entry: LedgerEntry;
  ours: boolean;
  group: string;
  kind: 'created' | 'sized' | 'deleted' | 'server-terminated';
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
export function groupChanges({ ledger, source }: Pick<RunRecord, 'ledger' | 'source'>): GroupChange[] {
  const wanted = new Map([[source.group, source.servers]]);
  return ledger.flatMap((entry): GroupChange[] => {
    const input = entry.input as GroupInput;
    const kind = kinds[entry.operation];
    if (entry.outcome !== 'applied' || kind === undefined) return [];
    const group = input.AutoScalingGroupName ?? source.group;
    const wantedBefore = wanted.get(group) ?? 0;
    const after = kind === 'deleted' ? 0 : sizeAfter(wantedBefore, input);
    wanted.set(group, after);
    return [{ entry, ours: isOurs(entry), group, kind, wantedBefore, wanted: after }];
  });
}

const kinds: Partial<Record<string, GroupChange['kind']>> = {
  CreateAutoScalingGroup: 'created',
  UpdateAutoScalingGroup: 'sized',
  SetDesiredCapacity: 'sized',
  DeleteAutoScalingGroup: 'deleted',
  TerminateInstanceInAutoScalingGroup: 'server-terminated',
};

function sizeAfter(before: number, { DesiredCapacity, MinSize = 0, MaxSize = Infinity }: GroupInput): number {
  return DesiredCapacity ?? Math.min(Math.max(before, MinSize), MaxSize);
}
