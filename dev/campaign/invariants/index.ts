/** What must hold whatever happens, checked on the record of one run. */
import type { RunRecord } from '../record';
import { deletions } from './deletions';
import { downtime } from './downtime';
import { foreignEdits } from './foreign-edits';
import { judged } from './judged';
import { leftInOrder } from './left-in-order';
import { oldCapacity } from './old-capacity';
import { oneDirection } from './one-direction';
import { oneOfEach } from './one-of-each';
import { revisionsStayApart } from './revisions-stay-apart';
import { secrets } from './secrets';
import { weightNeedsHealth } from './weight-needs-health';

/** Answers the breaches in words; empty when it holds. */
export type Invariant = (record: RunRecord) => string[];

export const invariants = {
  'weight needs health': weightNeedsHealth,
  'old capacity': oldCapacity,
  'one of each': oneOfEach,
  'revisions stay apart': revisionsStayApart,
  deletions,
  'left in order': leftInOrder,
  judged,
  'foreign edits': foreignEdits,
  'one direction': oneDirection,
  downtime,
  secrets,
} satisfies Record<string, Invariant>;

export function violationsOf(record: RunRecord): string[] {
  return Object.entries(invariants).flatMap(([name, invariant]) =>
    invariant(record).map((breach) => `${name}: ${breach}`),
  );
}
