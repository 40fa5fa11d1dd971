import type { MetricStore } from '../metrics/metric-store';
import { BalancerCounters, RequestCounters } from '../metrics/request-counters';
import type { After } from '../targets/mechanics';
import type { TargetGroups } from '../targets/target-groups';
import type { ForwardTo, ListenerSettings, VirtualTraffic } from '../types';
import { drawRequests, isFailure } from './draw-requests';
import { multinomial } from './binomial';
import type { VirtualServers } from './virtual-servers';

export interface VirtualListenerOptions {
  groups: TargetGroups;
  servers: VirtualServers;
  store: MetricStore;
  after: After;
  propagationLagMs: number;
  targetTimeoutMs: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** A listener without a port: its requests are drawn, not received. */
export class VirtualListener {
  requestsPerSecond = 0;
  readonly traffic: VirtualTraffic = { requests: 0, failedByTargets: 0, unanswered: 0 };
  /** The forward actions that the balancer goes by at this moment. */
  private applied: ForwardTo[][];
  private closed = false;
  /** The part of a request that the load has not yet made whole. */
  private remainder = 0;
  private readonly balancerCounters: BalancerCounters;
  private readonly counters = new Map<string, RequestCounters>();

  constructor(
    readonly settings: ListenerSettings,
    private readonly options: VirtualListenerOptions,
  ) {
    this.applied = forwards(settings);
    this.balancerCounters = new BalancerCounters(options.store, settings.loadBalancerDimension);
  }

  /** Applied after the propagation lag; several in a row are applied in the order in which they came. */
  put(settings: ListenerSettings): void {
    const next = forwards(settings);
    this.options.after(this.options.propagationLagMs, () => {
      if (!this.closed) this.applied = next;
    });
  }

  close(): void {
    this.closed = true;
  }

  /** The requests of so many seconds, which all end now. Each rule that forwards gets its part of them. */
  send(seconds: number, nowMs = Date.now()): void {
    const due = this.requestsPerSecond * seconds + this.remainder;
    const count = Math.floor(due);
    this.remainder = due - count;
    if (count === 0 || this.applied.length === 0) return;
    const equal = this.applied.map(() => 1);
    const shares = multinomial(count, equal, this.options.random);
    for (const [index, targetGroups] of this.applied.entries()) this.sendTo(targetGroups, shares[index] ?? 0, nowMs);
  }

  private sendTo(targetGroups: readonly ForwardTo[], count: number, nowMs: number): void {
    if (count === 0) return;
    const { groups, servers, targetTimeoutMs, random } = this.options;
    const drawn = drawRequests(count, targetGroups, {
      targetTimeoutMs,
      random,
      programsOf: (arn) =>
        (groups.get(arn)?.healthyTargets() ?? []).map((registered) => servers.programAt(registered.target)),
    });
    for (const requests of drawn.requests) {
      this.countersOf(requests.targetGroupArn)?.completed(requests.end, nowMs, requests.count);
      if (isFailure(requests)) this.traffic.failedByTargets += requests.count;
    }
    if (drawn.unanswered > 0) this.balancerCounters.answered(503, nowMs, drawn.unanswered);
    this.traffic.requests += count;
    this.traffic.unanswered += drawn.unanswered;
  }

  private countersOf(targetGroupArn: string): RequestCounters | undefined {
    const known = this.counters.get(targetGroupArn);
    const group = this.options.groups.get(targetGroupArn);
    if (known !== undefined || group === undefined) return known;
    const dimensions = { LoadBalancer: this.settings.loadBalancerDimension, TargetGroup: group.settings.dimension };
    const counters = new RequestCounters(this.options.store, dimensions, this.balancerCounters);
    this.counters.set(targetGroupArn, counters);
    return counters;
  }
}

function forwards(settings: ListenerSettings): ForwardTo[][] {
  return settings.rules.flatMap(({ action }) => (action.kind === 'forward' ? [action.targetGroups] : []));
}
