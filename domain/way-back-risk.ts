/** What stands in the way of an instant way back while old is kept, and when a change of that is told. */

export const riskReasons = ['foreign-edit', 'old-gone', 'old-unhealthy'] as const;

export interface Risk {
  reason: (typeof riskReasons)[number];
  /** For people: what is so, and what it means for a rollback. */
  detail: string;
}

/** What was told last. */
export interface RisksTold {
  /** Empty: all is well. */
  risks: Risk[];
  /** How often something else was told than before. */
  changes: number;
}

export const nothingTold: RisksTold = { risks: [], changes: 0 };

const leastSeconds = 30;

/** How often a kept fleet is looked at: there may be many, for days, and nothing is decided by it. */
export function lookSeconds({ pollSeconds }: { pollSeconds: number }): number {
  return Math.max(leastSeconds, pollSeconds);
}

/** What one look shows. */
export function risksOf(input: {
  groupName: string;
  /** Routes that are not as the deployment left them, in words. */
  edits: readonly string[];
  groupIsThere: boolean;
  healthy: number;
  /** Healthy servers with which old could carry everything. */
  needed: number;
}): Risk[] {
  const { groupName, edits, groupIsThere, healthy, needed } = input;
  const risks: Risk[] = [];
  if (edits.length > 0)
    risks.push({
      reason: 'foreign-edit',
      detail: `${edits.join('; ')}: a rollback is refused until new has 100 % there again`,
    });
  if (!groupIsThere)
    risks.push({
      reason: 'old-gone',
      detail: `${groupName} is gone: a rollback would find nothing to go back to; deploy the version before again instead`,
    });
  else if (healthy < needed)
    risks.push({
      reason: 'old-unhealthy',
      detail: `healthy servers of ${groupName}: ${healthy}, needed to carry everything: ${needed}; a rollback gives back what they can carry, and the rest as others come up`,
    });
  return risks;
}

/** By reason, how many reads in a row have shown something else than what was told. */
export type ReadsAgainst = Readonly<Partial<Record<Risk['reason'], number>>>;

/** One read may be stale, or a balancer that is just changing. */
const readsToBegin = 2;

/**
 * What is to be told after one more look; null while that is what was told already. A risk is told after two reads in a
 * row; that it is over after one read more than there were changes, so two at first: what comes and goes is told ever
 * more rarely, and stands meanwhile, instead of filling the workflow's history.
 */
export function risksAfter(input: { told: RisksTold; found: readonly Risk[]; against: ReadsAgainst }): {
  against: ReadsAgainst;
  tell: Risk[] | null;
} {
  const { told, found } = input;
  const against = Object.fromEntries(
    riskReasons
      .filter((reason) => has(found, reason) !== has(told.risks, reason))
      .map((reason) => [reason, (input.against[reason] ?? 0) + 1]),
  ) as ReadsAgainst;
  const isBelieved = (reason: Risk['reason'], reads: number) => (against[reason] ?? 0) >= reads;
  const begun = found.filter(({ reason }) => isBelieved(reason, readsToBegin) && !has(told.risks, reason));
  const standing = told.risks.filter(({ reason }) => !isBelieved(reason, 1 + told.changes));
  const isNews = begun.length > 0 || standing.length < told.risks.length;
  return { against, tell: isNews ? [...standing, ...begun] : null };
}

/** Those that were not told before. */
export function newRisks(told: RisksTold, risks: readonly Risk[]): Risk[] {
  return risks.filter(({ reason }) => !has(told.risks, reason));
}

function has(risks: readonly Risk[], reason: Risk['reason']): boolean {
  return risks.some((risk) => risk.reason === reason);
}
