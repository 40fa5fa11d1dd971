/** The weights of a service's routes, replayed from the ledger. */
import type { LedgerEntry } from '../../sandbox/control/types';
import { isOurs, type Beginning, type LedgerFacts, type Shares } from './facts';

export interface RouteWrite {
  entry: LedgerEntry;
  route: string;
  ours: boolean;
  before: Shares;
  after: Shares;
}

type Replayed = Pick<LedgerFacts, 'ledger'> & { beginning: Pick<Beginning, 'routes'> };

/** Every applied change of a route, in order. */
export function routeWrites({ ledger, beginning }: Replayed): RouteWrite[] {
  const now = new Map(Object.entries(beginning.routes));
  return ledger.flatMap((entry): RouteWrite[] => {
    const written = writtenRoute(entry);
    if (written === null || entry.outcome !== 'applied') return [];
    const before = now.get(written.route) ?? {};
    now.set(written.route, written.shares);
    return [{ entry, route: written.route, ours: isOurs(entry), before, after: written.shares }];
  });
}

/** What every route says just before an entry. */
export function routesBefore(facts: Replayed, seq: number): Record<string, Shares> {
  const written = routeWrites(facts).filter(({ entry }) => entry.seq < seq);
  return { ...facts.beginning.routes, ...Object.fromEntries(written.map(({ route, after }) => [route, after])) };
}

export function shareOf(shares: Shares, arn: string): number {
  return shares[arn] ?? 0;
}

/** The default rule has an ARN of its own, but it is changed by its listener. */
export function routeArn({ IsDefault, RuleArn = '' }: RuleNames, listenerArn: string): string {
  return IsDefault ? listenerArn : RuleArn;
}

interface RuleNames {
  IsDefault?: boolean | undefined;
  RuleArn?: string | undefined;
}

interface ForwardAction {
  TargetGroupArn?: string | undefined;
  ForwardConfig?:
    { TargetGroups?: { TargetGroupArn?: string | undefined; Weight?: number | undefined }[] | undefined } | undefined;
}

/** The shares that the actions of a rule or listener give; a weight that is not told is 1, as AWS reads it. */
export function sharesOf(actions: readonly ForwardAction[]): Shares {
  const targetGroups = actions.flatMap(
    ({ TargetGroupArn, ForwardConfig }) =>
      ForwardConfig?.TargetGroups ?? (TargetGroupArn === undefined ? [] : [{ TargetGroupArn, Weight: 1 }]),
  );
  const weights = targetGroups.map(({ Weight }) => Weight ?? 1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(
    targetGroups.map((one, index) => [one.TargetGroupArn ?? '', sum === 0 ? 0 : (weights[index] ?? 0) / sum]),
  );
}

interface RouteInput {
  RuleArn?: string;
  ListenerArn?: string;
  Actions?: ForwardAction[];
  DefaultActions?: ForwardAction[];
}

function writtenRoute({ operation, input }: LedgerEntry): { route: string; shares: Shares } | null {
  const { RuleArn, ListenerArn, Actions, DefaultActions } = input as RouteInput;
  if (operation === 'ModifyRule' && RuleArn && Actions) return { route: RuleArn, shares: sharesOf(Actions) };
  if (operation === 'ModifyListener' && ListenerArn && DefaultActions)
    return { route: ListenerArn, shares: sharesOf(DefaultActions) };
  return null;
}
