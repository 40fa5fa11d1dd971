/**
 * Is old itself in trouble? When old fails more than the ceiling allows, something that both fleets share has broken: new
 * cannot be told from its surroundings, and going back would help nobody. So the split is held until it is over. Harm by
 * comparison still convicts meanwhile: the comparison cancels what both suffer.
 */
import type { Row } from './evidence';
import type { GuardSettings } from './settings';

/** Old's counts in one row. */
export interface OldCounts {
  requests: number;
  errors: number;
}

/** Rows looked at: an outage shows in as many as a step must have, and is over when they are good again. */
const rowsKept = 3;
/** Fewer errors than these are no outage, whatever their share: one broken request of three is chance. */
const errorsNeeded = 5;

/** Newest last; old's trouble does not depend on the weight, so it is carried from stretch to stretch. */
export function keepOldRow(recent: readonly OldCounts[], row: Row): OldCounts[] {
  return [...recent, { requests: row.oldRequests, errors: row.oldErrors }].slice(-rowsKept);
}

/** Old's failures in its last rows when they are an outage, or null. */
export function sharedOutage(recent: readonly OldCounts[], settings: GuardSettings): OldCounts | null {
  if (settings.hotfix) return null;
  const sum = recent.reduce(
    (total, row) => ({ requests: total.requests + row.requests, errors: total.errors + row.errors }),
    { requests: 0, errors: 0 },
  );
  return sum.errors >= errorsNeeded && sum.errors > settings.judge.ceiling * sum.requests ? sum : null;
}
