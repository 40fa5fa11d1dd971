/** What a service's workflow believes of its deployments, put right by what Temporal tells of them. Pure. */
import { withNextRunning, withRequests, type Admissions, type Place, type RequestMark } from './admission';
import type { ExecutionStatus } from './executions';

/** What Temporal tells of one deployment of the service. */
export interface DeploymentFacts {
  deploymentId: string;
  number: number;
  status: ExecutionStatus;
  phase: string | null;
  /** The request that it was begun for; null when Temporal does not tell. */
  request: RequestMark | null;
}

/**
 * The facts overrule what is believed: a place whose deployment has ended, was terminated or is not known is free; one
 * that runs without a place, as after its reset, gets one; and requests that were forgotten, as after the service's
 * workflow was terminated, are known again. `findings` says what was not as believed, in words.
 */
export function reconcile(
  state: Admissions,
  facts: readonly DeploymentFacts[],
): { state: Admissions; findings: string[] } {
  const believed = [...state.running, ...state.queue];
  const factOf = new Map(facts.map((fact) => [fact.deploymentId, fact]));
  const runs = (place: Place) => factOf.get(place.deploymentId)?.status === 'running';
  const gone = believed.filter((place) => !runs(place));
  const found = inOrder(facts).filter((fact) => isAtWork(fact) && !believed.some(isPlaceOf(fact)));
  const waits = ({ phase }: DeploymentFacts) => phase === 'queued';
  const next = withNextRunning({
    lastNumber: Math.max(state.lastNumber, ...facts.map((fact) => fact.number)),
    requests: withRequests(state.requests, forgottenRequests(state, facts)),
    running: [...state.running.filter(runs), ...found.filter((fact) => !waits(fact)).map(asRunning)],
    queue: [...state.queue.filter(runs), ...found.filter(waits).map(asQueued)],
    warnings: [...new Set([...state.warnings, ...cutSentences(state, facts)])],
  });
  const findings = [
    ...gone.map(({ deploymentId }) => `${deploymentId} is ${factOf.get(deploymentId)?.status ?? 'not known'}`),
    ...found.map(({ deploymentId }) => `${deploymentId} runs`),
  ];
  return { state: next, findings };
}

function isPlaceOf(fact: DeploymentFacts): (place: Place) => boolean {
  return (place) => place.deploymentId === fact.deploymentId;
}

/** One that is decided has left its place, and is about to end. */
function isAtWork({ status, phase }: DeploymentFacts): boolean {
  return status === 'running' && phase !== 'decided';
}

function inOrder(facts: readonly DeploymentFacts[]): DeploymentFacts[] {
  return [...facts].sort((one, other) => one.number - other.number);
}

function asRunning({ deploymentId, number }: DeploymentFacts): Place {
  return { deploymentId, number, after: null };
}

/** Whatever it was told to wait for, it is told anew. */
function asQueued({ deploymentId, number }: DeploymentFacts): Place {
  return { deploymentId, number, after: deploymentId };
}

/** Only newer ones than any that is known: older ones were dropped on purpose. */
function forgottenRequests(state: Admissions, facts: readonly DeploymentFacts[]) {
  return inOrder(facts).flatMap((fact) =>
    fact.request !== null && fact.number > state.lastNumber ? [{ ...asRunning(fact), ...fact.request }] : [],
  );
}

/** Of those that were believed to be at work, and of the last one when nothing was known of it. */
function cutSentences({ lastNumber, running, queue }: Admissions, facts: readonly DeploymentFacts[]): string[] {
  const last = inOrder(facts).at(-1);
  return facts
    .filter((fact) => [...running, ...queue].some(isPlaceOf(fact)) || (fact === last && fact.number > lastNumber))
    .flatMap((fact) => cutSentence(fact) ?? []);
}

/** Null for one that runs, one that ended by itself, and one that was cut off before it made anything. */
function cutSentence({ deploymentId, status, phase }: DeploymentFacts): string | null {
  if (status === 'running' || status === 'completed' || phase === 'queued' || phase === 'plan') return null;
  return (
    `${deploymentId} ended as ${status} in phase ${phase ?? 'unknown'}: what it had made and moved is still as it left ` +
    'it; fleetshift recover finds it and offers to finish or to go back'
  );
}
