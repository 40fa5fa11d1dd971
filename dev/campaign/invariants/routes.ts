/** The weights of a service's routes, replayed from the ledger. */
import type { LedgerEntry } from '../../../sandbox/control/types';
import { callers, type RunRecord } from '../record';

/** Shares (0 to 1) by target group ARN; groups that are named with weight 0 are in it. */
export type Shares = Record<string, number>;

export interface RouteWrite {
  entry: LedgerEntry;
  route: string;
  ours: boolean;
  before: Shares;
  after: Shares;
}

/** Every applied change of a route, in order. */
export function routeWrites({ ledger, source }: Pick<RunRecord, 'ledger' | 'source'>): RouteWrite[] {
  const now = new Map<string, Shares>(source.routes.map((route) => [route, { [source.targetGroupArn]: 1 }]));
  return ledger.flatMap((entry): RouteWrite[] => {
    const written = writtenRoute(entry);
    if (written === null || entry.outcome !== 'applied') return [];
    const before = now.get(written.route) ?? {};
    now.set(written.route, written.shares);
    return [{ entry, route: written.route, ours: isOurs(entry), before, after: written.shares }];
  });
}

export function isOurs(entry: LedgerEntry): boolean {
  return entry.caller === callers.fleetshift;
}

export function shareOf(shares: Shares, arn: string): number {
  return shares[arn] ?? 0;
}

/** Of everything that is not the source's: the share of new. */
export function newShare(shares: Shares, { source }: Pick<RunRecord, 'source'>): number {
  return Object.entries(shares).reduce((sum, [arn, share]) => (arn === source.targetGroupArn ? sum : sum + share), 0);
}

interface RouteInput {
  RuleArn?: string;
  ListenerArn?: string;
  Actions?: ActionInput[];
  DefaultActions?: ActionInput[];
}

interface ActionInput {
  TargetGroupArn?: string;
  ForwardConfig?: { TargetGroups?: { TargetGroupArn: string; Weight?: number }[] };
}

function writtenRoute({ operation, input }: LedgerEntry): { route: string; shares: Shares } | null {
  const { RuleArn, ListenerArn, Actions, DefaultActions } = input as RouteInput;
  if (operation === 'ModifyRule' && RuleArn && Actions) return { route: RuleArn, shares: sharesOf(Actions) };
  if (operation === 'ModifyListener' && ListenerArn && DefaultActions)
    return { route: ListenerArn, shares: sharesOf(DefaultActions) };
  return null;
}

function sharesOf(actions: readonly ActionInput[]): Shares {
  const targetGroups = actions.flatMap(
    (action) =>
      action.ForwardConfig?.TargetGroups ?? (action.TargetGroupArn ? [{ TargetGroupArn: action.TargetGroupArn }] : []),
  );
  const weights = targetGroups.map((one) => ('Weight' in one ? (one.Weight ?? 1) : 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(
    targetGroups.map((one, index) => [one.TargetGroupArn, sum === 0 ? 0 : (weights[index] ?? 0) / sum]),
  );
}
