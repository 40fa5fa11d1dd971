/** What must hold whatever happens, checked on the record of one run: the rules about its ledger, and what else is known. */
import { ledgerRules } from '../../ledger/rules';
import { ledgerFactsOf } from '../ledger-facts';
import type { RunRecord } from '../record';
import { belongings } from './belongings';
import { downtime } from './downtime';
import { foreignEdits } from './foreign-edits';
import { judged } from './judged';
import { leftInOrder } from './left-in-order';
import { oldCapacity } from './old-capacity';
import { revisionsStayApart } from './revisions-stay-apart';
import { secrets } from './secrets';

/** Answers the breaches in words; empty when it holds. */
export type Invariant = (record: RunRecord) => string[];

export const invariants: Record<string, Invariant> = {
  ...Object.fromEntries(
    Object.entries(ledgerRules).map(([name, rule]) => [name, (record: RunRecord) => rule(ledgerFactsOf(record))]),
  ),
  'old capacity': oldCapacity,
  'revisions stay apart': revisionsStayApart,
  belongings,
  'left in order': leftInOrder,
  judged,
  'foreign edits': foreignEdits,
  downtime,
  secrets,
};

export function violationsOf(record: RunRecord): string[] {
  return Object.entries(invariants).flatMap(([name, invariant]) =>
    invariant(record).map((breach) => `${name}: ${breach}`),
  );
}
