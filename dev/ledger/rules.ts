/** What must hold of everything that was done to the cloud for one service, whatever died, froze or was lost meanwhile. */
import type { LedgerFacts } from './facts';
import { launches } from './launches';
import { oneDirection } from './one-direction';
import { oneOfEach } from './one-of-each';
import { removals } from './removals';
import { servingFleets } from './serving-fleets';
import { weightNeedsHealth } from './weight-needs-health';

/** Each answers the breaches in words; empty when it holds. */
export const ledgerRules = {
  'weight needs health': weightNeedsHealth,
  'serving fleets': servingFleets,
  'one of each': oneOfEach,
  launches,
  removals,
  'one direction': oneDirection,
} satisfies Record<string, (facts: LedgerFacts) => string[]>;

export function ledgerBreaches(facts: LedgerFacts): string[] {
  return Object.entries(ledgerRules).flatMap(([name, rule]) => rule(facts).map((breach) => `${name}: ${breach}`));
}
