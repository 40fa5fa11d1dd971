/** What the rules about a ledger are checked on: everything that was done to the cloud for one service. */
import type { LedgerEntry } from '../../sandbox/control/types';

/** Access key ids, by which a ledger tells who called. */
export const callers = { fleetshift: 'fleetshift', outsider: 'outsider' } as const;

/** Shares of the traffic (0 to 1) by target group ARN; groups that are named with weight 0 are in it. */
export type Shares = Record<string, number>;

export interface Fleet {
  group: string;
  targetGroupArns: string[];
  /** As many as its group asks for. */
  servers: number;
  /** UUID of the deployment that made it; null when a person did. */
  deployment: string | null;
}

/** How things stood before the first entry of a ledger. */
export interface Beginning {
  /** Every route, by ARN: of the rule, and of the listener for its default action. */
  routes: Record<string, Shares>;
  /** Oldest first. `carriers`: healthy servers that it needs to carry everything. */
  fleets: (Fleet & { carriers: number })[];
  /** Names of target groups that deployments had made. */
  ownTargetGroups: string[];
}

export interface LedgerFacts {
  /** Every call that names the service, in order. */
  ledger: readonly LedgerEntry[];
  beginning: Beginning;
  /** Names of people's groups that a policy lets go for good. */
  deletable?: readonly string[];
  /** Whether servers were lost so shortly before that moment that a writer could not have seen it. */
  lostUnseen?: (atMs: number) => boolean;
}

/** Whoever is not known as somebody else is a worker. */
export function isOurs({ caller }: LedgerEntry): boolean {
  return caller !== callers.outsider;
}

/** Changes that Fleetshift has made. */
export function ourChanges({ ledger }: Pick<LedgerFacts, 'ledger'>): LedgerEntry[] {
  return ledger.filter((entry) => isOurs(entry) && entry.outcome === 'applied');
}
