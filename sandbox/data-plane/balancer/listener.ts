import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricStore } from '../metrics/metric-store';
import { BalancerCounters, RequestCounters } from '../metrics/request-counters';
import type { TargetGroup } from '../targets/target-group';
import type { TargetGroups } from '../targets/target-groups';
import type { ListenerSettings } from '../types';
import { Exchange } from './exchange';
import { answer, answerError } from './own-answer';
import { RoutingTable } from './routing-table';

/** Longer than clients keep idle connections, so that they close first. */
const clientKeepAliveMs = 75_000;

export interface ListenerOptions {
  groups: TargetGroups;
  store: MetricStore;
  propagationLagMs: number;
  targetTimeoutMs: number;
}

/** One port of a balancer on loopback. */
export class Listener {
  private table: RoutingTable;
  private readonly balancerCounters: BalancerCounters;
  private readonly counters = new Map<string, RequestCounters>();
  private readonly pending = new Set<NodeJS.Timeout>();
  private readonly server: Server;
  private port = 0;

  constructor(
    private readonly settings: ListenerSettings,
    private readonly options: ListenerOptions,
  ) {
    this.table = new RoutingTable(settings.rules);
    this.balancerCounters = new BalancerCounters(options.store, settings.loadBalancerDimension);
    this.server = createServer({ keepAliveTimeout: clientKeepAliveMs, requestTimeout: 0 }, (request, response) =>
      this.handle(request, response),
    );
  }

  /** @throws the system's error, such as EADDRINUSE, when the port cannot be had */
  async open(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.port = (this.server.address() as AddressInfo).port;
    return this.port;
  }

  /** Applied after the propagation lag; several in a row are applied in the order in which they came. */
  put(settings: ListenerSettings): void {
    const table = new RoutingTable(settings.rules);
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      this.table = table;
    }, this.options.propagationLagMs);
    this.pending.add(timer);
  }

  async close(): Promise<void> {
    for (const timer of this.pending) clearTimeout(timer);
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const route = this.table.route(request.url ?? '/', request.headers.host ?? '');
    if (route.kind === 'fixed-response') {
      answer(response, route.statusCode, route.contentType, route.body);
      return;
    }
    const group = route.kind === 'forward' ? this.options.groups.get(route.targetGroupArn) : undefined;
    const to = group?.nextTarget();
    if (group === undefined || to === undefined) {
      this.balancerCounters.answered(503);
      answerError(response, 503);
      return;
    }
    const counters = this.countersOf(group);
    const { targetTimeoutMs } = this.options;
    new Exchange({ request, response, to, counters, listenerPort: this.port, targetTimeoutMs }).start();
  }

  private countersOf(group: TargetGroup): RequestCounters {
    const TargetGroup = group.settings.dimension;
    let counters = this.counters.get(TargetGroup);
    if (counters === undefined) {
      const dimensions = { LoadBalancer: this.settings.loadBalancerDimension, TargetGroup };
      counters = new RequestCounters(this.options.store, dimensions, this.balancerCounters);
      this.counters.set(TargetGroup, counters);
    }
    return counters;
  }
}
