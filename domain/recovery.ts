/** What a deployment that Temporal knows no more has left behind, and what can be done about it. Pure. */
import { deploymentIdOf } from './deployment';
import type { Maker, ReplacedSize } from './names';
import type { RouteFacts } from './plan-facts';
import type { RecoveryWay } from './recovery-order';
import { forwardsOf, observedNewPercent, references } from './routes';
import type { ServiceConfig } from './service-file';

export interface TracedGroup {
  groupName: string;
  arn: string;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  targetGroupArns: string[];
  tags: Record<string, string>;
}

export interface TracedPair {
  oldArn: string;
  newArn: string;
  newName: string;
}

/** Everything in AWS that one deployment has made or was changing. */
export interface Traces {
  maker: Maker;
  /** The group that it made. */
  clone: TracedGroup | null;
  /** The group that the clone replaces, or would have replaced; null when it is gone. */
  old: TracedGroup | null;
  /** Known from the clone, also when the group is gone; '' when neither is there. */
  oldName: string;
  /** Of the clone's tags; without a clone nothing was changed yet, and old is as it is. */
  replacedSize: ReplacedSize | null;
  /** Target groups that it made, and those beside which they stand. */
  pairs: TracedPair[];
  /** Target groups of old that exist and were made by an earlier deployment: they go with old. */
  removableOldArns: string[];
  /**
   * Every route that refers to one of the target groups of a pair, and before there is a clone also to those of old
   * beside which none was made yet. Until old is let go its own are in them: where there are none, both have left.
   */
  routes: RouteFacts[];
  /** The workflow that works on it. */
  atWork: string | null;
}

/** Answers `refused` with the reason, and what to do instead. */
export type Offer = { kind: 'offered'; text: string } | { kind: 'refused'; text: string };

/** One deployment that somebody has to decide about. */
export interface HalfDone {
  deploymentId: string;
  uuid: string;
  number: number;
  imageId: string;
  oldGroup: string;
  newGroup: string | null;
  /** Share of new in each route, in percent; null where somebody else's target group has the traffic. */
  shares: (number | null)[];
  /** How it stands, in one sentence. */
  stands: string;
  ways: Record<RecoveryWay, Offer>;
}

/** What a look for half-done deployments is asked, and answers: newest first. */
export interface RecoveryInput {
  service: ServiceConfig;
}

export type RecoveryAnswer = { kind: 'read'; halfDone: HalfDone[] } | { kind: 'unreadable'; message: string };

export type Stand = { kind: 'at-work'; by: string } | { kind: 'finished' } | ({ kind: 'half-done' } & HalfDone);

/** @param oldGroup the service's policy for a group that Fleetshift did not make */
export function standOf(traces: Traces, oldGroup: ServiceConfig['oldGroup']): Stand {
  const { maker, clone, oldName } = traces;
  if (traces.atWork !== null) return { kind: 'at-work', by: traces.atWork };
  const shares = sharesOf(traces);
  if (isFinished(traces, shares, oldGroup)) return { kind: 'finished' };
  return {
    kind: 'half-done',
    deploymentId: deploymentIdOf(maker.serviceKey, maker.uuid),
    uuid: maker.uuid,
    number: maker.number,
    imageId: maker.imageId,
    oldGroup: oldName,
    newGroup: clone?.groupName ?? null,
    shares,
    stands: standsSentence(traces, shares),
    ways: { finish: offerToFinish(traces, shares), back: offerToGoBack(traces, shares) },
  };
}

/** Of new in every route; null where a third target group has weight, or nobody. */
export function sharesOf({ routes, pairs, old }: Traces): (number | null)[] {
  const alone = (old?.targetGroupArns ?? []).map((oldArn) => ({ oldArn, newArn: '' }));
  return routes.map(({ actions }) => {
    const pair = [...pairs, ...alone].find(
      ({ oldArn, newArn }) => references(actions, newArn) || references(actions, oldArn),
    );
    return pair ? observedNewPercent(actions, pair) : null;
  });
}

export function isOldRouted({ routes, pairs }: Traces): boolean {
  return routes.some(({ actions }) => pairs.some(({ oldArn }) => references(actions, oldArn)));
}

/** Its own old fleet is gone as the policy has it, and what it made serves, or has served, a later deployment. */
function isFinished(traces: Traces, shares: (number | null)[], policy: ServiceConfig['oldGroup']): boolean {
  const { clone, old, replacedSize, removableOldArns } = traces;
  const isSplit = shares.some((share) => share !== null && share < 100);
  if (!clone || isSplit || isOldRouted(traces)) return false;
  // A freeze only raises the minimum: what is lower was set by somebody else, and is theirs.
  if (policy === 'keep') return !old || (replacedSize !== null && old.minSize <= replacedSize.minSize);
  if (removableOldArns.length > 0) return false;
  return !old || (policy === 'scale-to-zero' && old.desiredCapacity === 0);
}

function standsSentence({ clone, oldName, pairs, routes }: Traces, shares: (number | null)[]): string {
  const made = clone?.groupName ?? `the ${pairs.length} target groups that were made`;
  if (routes.length === 0) return `the traffic has moved on: no route refers to ${made} or to ${oldName || 'old'}`;
  const foreign = routes.filter((_route, index) => shares[index] === null);
  if (foreign.length > 0) {
    const who = foreign.flatMap(({ actions }) => forwardsOf(actions).filter((one) => one.weight > 0));
    const left = clone ? oldName : made;
    return `the traffic has moved on to ${who.map((one) => one.arn).join(', ') || 'nobody'}; ${left} is left`;
  }
  if (!clone) return `${pairs.length} target groups were made, no group yet; all traffic is on ${oldName || 'old'}`;
  const [lowest, highest] = boundsOf(shares);
  if (highest === 0) return `${clone.groupName} has no traffic; all of it is on ${oldName}`;
  if (lowest === 100) return `all traffic is on ${clone.groupName}; ${oldName} is not yet let go`;
  const share = lowest === highest ? `${highest} %` : `${lowest} to ${highest} % (by route)`;
  return `${share} of the traffic is on ${clone.groupName}, the rest on ${oldName}`;
}

/** Lowest and highest share; without routes new has nothing, and perhaps old neither. */
export function boundsOf(shares: (number | null)[]): [lowest: number, highest: number] {
  const known = shares.map((share) => share ?? 0);
  return known.length === 0 ? [0, 0] : [Math.min(...known), Math.max(...known)];
}

function offerToFinish(traces: Traces, shares: (number | null)[]): Offer {
  const { clone, old, oldName } = traces;
  if (shares.includes(null) || shares.length === 0) return movedOn(traces);
  const [lowest, highest] = boundsOf(shares);
  if (clone && lowest === 100) return { kind: 'offered', text: `let ${oldName} go` };
  if (!old) return { kind: 'refused', text: `${oldName || 'the old group'} is gone: there is nothing to shift from` };
  return { kind: 'offered', text: highest === 0 ? 'begin to shift' : `go on from ${highest} %` };
}

function offerToGoBack(traces: Traces, shares: (number | null)[]): Offer {
  const { old, oldName, clone } = traces;
  // A clone may have had all of it, and be kept; target groups that no group was made for never had any.
  if (shares.includes(null) || (clone && shares.length === 0)) return movedOn(traces);
  const [, highest] = boundsOf(shares);
  if (highest === 0) return { kind: 'offered', text: `remove ${clone?.groupName ?? 'what was made'}` };
  const isWhole = traces.routes.every(({ actions }) => traces.pairs.some(({ oldArn }) => references(actions, oldArn)));
  if (!old || !isWhole)
    return { kind: 'refused', text: `${oldName} is being let go already: finish, then deploy its version again` };
  return { kind: 'offered', text: `all traffic to ${oldName}, then remove ${clone?.groupName ?? 'what was made'}` };
}

function movedOn({ clone, oldName }: Traces): Offer {
  const left = [clone?.groupName ?? 'what was made', ...(oldName === '' ? [] : [oldName])].join(' and ');
  return {
    kind: 'refused',
    text: `other target groups have the traffic: put the routes right by hand, or remove of ${left} what nobody needs`,
  };
}
