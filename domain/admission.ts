/** Who of a service may deploy when: one at a time, the others in the order in which they came. Pure. */
import { deploymentIdOf, requestDigest, type SubmitAnswer, type SubmitInput } from './deployment';

/** One deployment that runs or waits. */
export interface Place {
  deploymentId: string;
  number: number;
  /** The deployment that it was told to wait for; null once it was told to begin. */
  after: string | null;
}

/** A request that is known by its key. */
export interface RequestMark {
  key: string;
  digest: string;
}

/** Memo of a deployment's workflow, by which the service's workflow knows it again after it was terminated itself. */
export interface DeploymentMemo {
  number: number;
  request: RequestMark;
}

/** An idempotency key is honoured for as long as it is in here; `after` is what was answered. */
export type KnownRequest = RequestMark & Place;

/** Everything that a service's workflow knows; carried over continue-as-new. */
export interface Admissions {
  lastNumber: number;
  /** Newest last. */
  requests: KnownRequest[];
  /** One, but for a deployment that was reset and runs again beside another: its leases keep the two apart. */
  running: Place[];
  /** First come, first served; empty while nothing runs. */
  queue: Place[];
  /** What the next one that begins has to know of those before, in words; empty mostly. */
  warnings: string[];
}

export const noAdmissions: Admissions = { lastNumber: 0, requests: [], running: [], queue: [], warnings: [] };

/** More requests than this never wait: a pipeline that does not look at answers must not pile up weeks of work. */
export const queueBound = 20;
const requestsKept = 200;

/** What the bounded list of requests becomes with these at its end. */
export function withRequests(requests: readonly KnownRequest[], added: readonly KnownRequest[]): KnownRequest[] {
  return [...requests, ...added].slice(-requestsKept);
}

/** The answer to a request that was made before; null for a new one. */
export function answerToKnown({ requests }: Admissions, input: SubmitInput): SubmitAnswer | null {
  const known = requests.find((request) => request.key === input.idempotencyKey);
  if (!known) return null;
  const { deploymentId, number, after } = known;
  if (known.digest === requestDigest(input)) return { kind: 'admitted', deploymentId, number, repeated: true, after };
  return {
    kind: 'refused',
    code: 'key-reused',
    message: `this idempotency key already stands for ${deploymentId}, which asked for something else; use a new key`,
  };
}

export interface Admitted {
  kind: 'admitted';
  state: Admissions;
  place: Place;
  mark: RequestMark;
  /** What it has to be told as it begins; empty when it waits. */
  warnings: string[];
  /** These are to be aborted: the new one takes their place. */
  superseded: Place[];
}

export type Admission = Admitted | { kind: 'refused'; message: string };

/** Decides on a new request, by the policy that it brings. */
export function admit(state: Admissions, request: { input: SubmitInput; serviceKey: string; uuid: string }): Admission {
  const { whenBusy } = request.input.service;
  const { running, queue } = state;
  const ahead = [...running, ...queue];
  const isBusy = ahead.length > 0;
  // A person stands by who recovers one; it neither waits nor supersedes.
  if (isBusy && (whenBusy === 'refuse' || request.input.recovery))
    return { kind: 'refused', message: busySentence(state) };
  // Those who are superseded leave the queue by themselves.
  if (queue.length >= queueBound && whenBusy === 'queue')
    return { kind: 'refused', message: `${queueBound} requests are waiting already; ${busySentence(state)}` };
  const place = newPlace(state, request, ahead.at(-1)?.deploymentId ?? null);
  const mark = { key: request.input.idempotencyKey, digest: requestDigest(request.input) };
  return {
    kind: 'admitted',
    place,
    mark,
    warnings: isBusy ? [] : state.warnings,
    superseded: whenBusy === 'supersede' ? ahead : [],
    state: {
      lastNumber: Math.max(state.lastNumber, place.number),
      requests: withRequests(state.requests, [{ ...place, ...mark }]),
      running: isBusy ? running : [place],
      queue: isBusy ? [...queue, place] : [],
      warnings: isBusy ? state.warnings : [],
    },
  };
}

/** One that is recovered keeps its id and its number. */
function newPlace(
  state: Admissions,
  request: { input: SubmitInput; serviceKey: string; uuid: string },
  after: string | null,
): Place {
  const { uuid, number } = request.input.recovery ?? { uuid: request.uuid, number: state.lastNumber + 1 };
  return { deploymentId: deploymentIdOf(request.serviceKey, uuid), number, after };
}

function busySentence({ running, queue }: Admissions): string {
  const ids = running.map(({ deploymentId }) => deploymentId).join(' and ');
  const waiting = queue.length === 0 ? '' : `, and ${queue.length} more wait`;
  return `${ids} still runs${waiting}; wait for it or abort it (whenBusy: queue waits by itself)`;
}

/** Its place is free, and the next one may begin. */
export function withoutPlace(state: Admissions, deploymentId: string): Admissions {
  const isOther = (place: Place) => place.deploymentId !== deploymentId;
  return withNextRunning({ ...state, running: state.running.filter(isOther), queue: state.queue.filter(isOther) });
}

/** Forgets a request whose deployment could not be started at all, so that it may be made again. */
export function withoutRequest(state: Admissions, deploymentId: string): Admissions {
  const requests = state.requests.filter((request) => request.deploymentId !== deploymentId);
  return { ...withoutPlace(state, deploymentId), requests };
}

/** Whoever is first in the queue runs when nobody else does. */
export function withNextRunning(state: Admissions): Admissions {
  const [first, ...rest] = state.queue;
  return state.running.length > 0 || !first ? state : { ...state, running: [first], queue: rest };
}

/** Places that do not know yet what they wait for, with what they are to be told. */
export function untold({ running, queue }: Admissions): Place[] {
  const line = [...running, ...queue];
  return line.flatMap((place, index) => {
    const after = index < running.length ? null : (line[index - 1]?.deploymentId ?? null);
    return after === place.after ? [] : [{ ...place, after }];
  });
}

/** `told` knows what it waits for; when it begins, it was told the warnings as well. */
export function withTold(state: Admissions, told: Place): Admissions {
  const update = (place: Place) => (place.deploymentId === told.deploymentId ? told : place);
  const warnings = told.after === null ? [] : state.warnings;
  return { ...state, running: state.running.map(update), queue: state.queue.map(update), warnings };
}
