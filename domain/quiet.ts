/** Has a fleet gone quiet? Absence of a metric alone proves nothing: it may be late, or there may be no traffic at all. */

/** Requests in one period; CloudWatch publishes nothing for a fleet without any, which counts as 0. */
export interface QuietRow {
  leavingRequests: number;
  stayingRequests: number;
}

/** Periods without any traffic on either side after which silence is believed. */
export const silentPeriodsNeeded = 3;

/** `rows` are closed periods, old enough to be complete, that began after the last route change had settled. */
export function isQuiet(rows: readonly QuietRow[]): boolean {
  const newest = rows.at(-1);
  if (!newest) return false;
  if (newest.leavingRequests === 0 && newest.stayingRequests > 0) return true;
  const last = rows.slice(-silentPeriodsNeeded);
  return last.length === silentPeriodsNeeded && last.every((row) => row.leavingRequests + row.stayingRequests === 0);
}
