/**
 * Leases: who may write on a thing (a source group, a route). One workflow per thing holds it for its owner, so that two
 * services which share a listener rule never deploy together.
 */
import type { Plan } from './plan';

/** One thing as Temporal tells it at one moment. */
export interface LeaseFacts {
  arn: string;
  /** Id of the workflow that stands for the lease. */
  leaseId: string;
  /** Workflow id of the owner; null while nobody holds the thing. */
  holder: string | null;
  /** An owner that has ended without letting go does not count. */
  holderRuns: boolean;
  /**
   * Until then a last write of an owner that was cut off may still be on its way; 0 when the last one let go by itself.
   */
  quietAtMs: number;
}

/** What a deployment writes on and others may write on too, in the order in which leases are taken. */
export function leasedArns({
  old,
  routes,
}: {
  old: Pick<Plan['old'], 'groupArn'>;
  routes: readonly Pick<Plan['routes'][number], 'arn'>[];
}): string[] {
  // A group that is gone has none.
  return inOrder([old.groupArn, ...routes.map((route) => route.arn)].filter((arn) => arn !== ''));
}

/** Everybody takes them in the same order, so of two who want the same things the first one gets them all. */
export function inOrder(arns: readonly string[]): string[] {
  return [...new Set(arns)].sort();
}

export type LeaseStand =
  | { kind: 'taken'; holder: string; thing: string }
  /** `orphans` belong to owners that have ended; they must be let go before `quietAtMs` and the rest can be taken. */
  | { kind: 'open'; missing: LeaseFacts[]; orphans: LeaseFacts[]; quietAtMs: number };

/**
 * What has to be done before `owner` holds everything.
 * @param lettingGo ids of leases that it has told to end: they name it until they have ended, and are orphans by then
 */
export function leaseStand(
  facts: readonly LeaseFacts[],
  { owner, lettingGo }: { owner: string; lettingGo: readonly string[] },
): LeaseStand {
  const others = facts.filter((fact) => fact.holder !== owner || lettingGo.includes(fact.leaseId));
  const taken = others.find((fact) => fact.holder !== null && fact.holder !== owner && fact.holderRuns);
  if (taken?.holder != null) return { kind: 'taken', holder: taken.holder, thing: taken.arn };
  return {
    kind: 'open',
    missing: others,
    orphans: others.filter((fact) => fact.holder !== null),
    quietAtMs: Math.max(0, ...others.map((fact) => fact.quietAtMs)),
  };
}

/**
 * What a workflow must hold to be let write; null when nothing. A deployment writes on all that was planned, whatever the
 * writer; anybody else says what a write is on.
 */
export function mustHold(input: {
  workflowType: string | undefined;
  plan: Parameters<typeof leasedArns>[0];
  routeArns?: readonly string[] | undefined;
}): string[] | null {
  if (input.workflowType === 'deployment') return leasedArns(input.plan);
  return input.routeArns ? inOrder(input.routeArns) : null;
}

/** Of things that must be held the first that is not, in words; null when all are. */
export function missingLease(facts: readonly LeaseFacts[], owner: string): string | null {
  const missing = facts.find((fact) => fact.holder !== owner);
  if (!missing) return null;
  return `the lease on ${missing.arn} is ${missing.holder === null ? 'not held any more' : `held by ${missing.holder}`}`;
}
