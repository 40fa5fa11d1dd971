/** What the admin API speaks: plain JSON, the same in-process and from another process. */

/** The service of a call, as in its credential scope. */
export type ServiceName = 'autoscaling' | 'ec2' | 'elasticloadbalancing' | 'monitoring' | 'sts';

export interface LedgerEntry {
  /** Counts from 1 without gaps. */
  seq: number;
  /** When the call was applied or refused, in milliseconds since 1970. */
  atMs: number;
  /** Access key id that signed it: who did it. */
  caller: string;
  service: ServiceName;
  operation: string;
  input: unknown;
  /** `applied`, also when its reply was then lost; otherwise the error code that was answered. */
  outcome: string;
  /** Number of healthy targets, at that moment, of every target group whose ARN the input names. */
  healthyTargets: Record<string, number>;
}

/** Which calls a fault or barrier is for. */
export interface CallMatch {
  /** For example `CreateAutoScalingGroup`; `*` is every call. */
  operation: string;
  service?: ServiceName;
  /** Only calls that this access key id signed. */
  caller?: string;
  /** Only calls whose input, as JSON, holds this text: a name or an ARN. */
  inputContains?: string;
}

export type FaultKind =
  /** The service's own throttling error; not applied. */
  | 'throttle'
  /** The service's own internal error, status 500; not applied. */
  | 'error-500'
  /** Waits `latencyMs`, then goes on as usual. */
  | 'latency'
  /** Applied, then the connection is destroyed. */
  | 'lost-reply'
  /** The connection is destroyed; not applied. */
  | 'lost-request'
  /** A read answers as before the last mutation since the fault was set; while there was none, it waits for one. */
  | 'stale-read';

export interface FaultSpec extends CallMatch {
  kind: FaultKind;
  /** How many calls it hits; default 1, `always` until it is removed. */
  times?: number | 'always';
  /** Lets this many matching calls pass first; default 0. */
  skip?: number;
  /** Real milliseconds, for `latency`. */
  latencyMs?: number;
  /** For `stale-read`: as before the last mutation of this name (default: of any). */
  since?: string;
  /** For `stale-read`: only mutations count whose input, as JSON, holds this text. */
  sinceInputContains?: string;
}

export interface Fault extends FaultSpec {
  id: string;
  /** Calls that it has hit so far. */
  hits: number;
}

export interface BarrierSpec extends CallMatch {
  /** `before`: held unapplied; `after`: applied or refused, and its answer held back. */
  at: 'before' | 'after';
  /** Holds this many calls and lets later ones pass; default 1. */
  times?: number;
  /** Lets this many matching calls pass first; default 0. */
  skip?: number;
}

export interface Barrier extends BarrierSpec {
  id: string;
  /** Calls that have arrived at it, including released ones. */
  reached: number;
  released: boolean;
}

export interface ListenerAddress {
  balancer: string;
  listenerArn: string;
  port: number;
  url: string;
}

export interface SteadyReport {
  steady: boolean;
  /** What is still missing, in words; empty when steady. */
  waitingFor: string[];
}

export interface LaunchFailureSpec {
  /** Only launches of this group; without it, of all. */
  groupName?: string;
  /** Reason in the failed activity, for example `We currently do not have sufficient capacity …`. */
  statusMessage: string;
  /** How many launches fail; default 1. */
  times?: number;
}
