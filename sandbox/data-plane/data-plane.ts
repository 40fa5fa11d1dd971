import { Listener } from './balancer/listener';
import { HostCountSampler } from './metrics/host-counts';
import { MetricStore } from './metrics/metric-store';
import { ServerPool } from './servers/server-pool';
import { statusMatcher } from './targets/status-matcher';
import { TargetGroup } from './targets/target-group';
import type {
  DataPlane,
  DataPlaneOptions,
  Datapoint,
  LaunchSpec,
  ListenerSettings,
  MetricQuery,
  Target,
  TargetGroupSettings,
  TargetHealth,
} from './types';

/** As long as an Application Load Balancer waits for a silent target unless told otherwise. */
const defaultTargetTimeoutSeconds = 60;

/** Servers, balancers and metrics on this machine; `close` ends all of them. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  return new LocalDataPlane(options);
}

class LocalDataPlane implements DataPlane {
  private readonly groups = new Map<string, TargetGroup>();
  private readonly listeners = new Map<string, Listener>();
  private readonly servers: ServerPool;
  private readonly store: MetricStore;
  private readonly hostCounts: HostCountSampler;

  constructor(private readonly options: DataPlaneOptions) {
    const resolutionSeconds = options.metricResolutionSeconds;
    this.servers = new ServerPool(options.speed);
    this.store = new MetricStore({ resolutionSeconds, lagSeconds: options.metricLagSeconds });
    this.hostCounts = new HostCountSampler(this.store, this.groups, resolutionSeconds);
  }

  launch(spec: LaunchSpec): void {
    this.servers.launch(spec);
  }

  terminate(instanceId: string): Promise<void> {
    return this.servers.terminate(instanceId);
  }

  isRunning(instanceId: string): boolean {
    return this.servers.isRunning(instanceId);
  }

  onServerExit(listener: (instanceId: string) => void): void {
    this.servers.onExit(listener);
  }

  /** @throws Error when the matcher cannot be read */
  putTargetGroup(settings: TargetGroupSettings): void {
    // Here the caller gets the error; in a health check nobody would.
    statusMatcher(settings.healthCheck.matcher);
    const known = this.groups.get(settings.arn);
    if (known) {
      known.settings = settings;
      return;
    }
    this.groups.set(settings.arn, new TargetGroup(settings, this.options.speed));
    this.refreshUse();
  }

  removeTargetGroup(arn: string): void {
    this.groups.get(arn)?.close();
    this.groups.delete(arn);
  }

  register(targetGroupArn: string, target: Target): void {
    const group = this.groups.get(targetGroupArn);
    if (!group) {
      throw new Error(`cannot register ${target.instanceId}: there is no target group ${targetGroupArn}; put it first`);
    }
    group.register(target);
  }

  async deregister(targetGroupArn: string, instanceId: string): Promise<void> {
    await this.groups.get(targetGroupArn)?.deregister(instanceId);
  }

  targetHealth(targetGroupArn: string): TargetHealth[] {
    return this.groups.get(targetGroupArn)?.health() ?? [];
  }

  async openListener(settings: ListenerSettings, port: number): Promise<number> {
    if (this.listeners.has(settings.arn)) throw new Error(`cannot open listener ${settings.arn}: it is open already`);
    const listener = new Listener(settings, {
      groups: this.groups,
      store: this.store,
      propagationLagMs: (this.options.propagationLagSeconds * 1000) / this.options.speed,
      targetTimeoutMs: (this.options.targetTimeoutSeconds ?? defaultTargetTimeoutSeconds) * 1000,
    });
    this.listeners.set(settings.arn, listener);
    try {
      return await listener.open(port);
    } catch (error) {
      this.listeners.delete(settings.arn);
      throw error;
    } finally {
      this.refreshUse();
    }
  }

  putListener(settings: ListenerSettings): void {
    const listener = this.listeners.get(settings.arn);
    if (!listener) throw new Error(`cannot change listener ${settings.arn}: it is not open; open it first`);
    listener.put(settings);
    this.refreshUse();
  }

  async closeListener(arn: string): Promise<void> {
    const listener = this.listeners.get(arn);
    this.listeners.delete(arn);
    this.refreshUse();
    await listener?.close();
  }

  metrics(query: MetricQuery): Datapoint[] {
    return this.store.query(query);
  }

  async close(): Promise<void> {
    this.hostCounts.close();
    const listeners = [...this.listeners.values()];
    this.listeners.clear();
    await Promise.all(listeners.map((listener) => listener.close()));
    for (const group of this.groups.values()) group.close();
    await this.servers.close();
  }

  /** Health checks follow the newest rules at once, though the balancers apply them later. */
  private refreshUse(): void {
    const users = new Map<string, Set<string>>();
    for (const { newest } of this.listeners.values()) {
      for (const arn of namedGroups(newest)) {
        const balancers = users.get(arn) ?? new Set();
        users.set(arn, balancers.add(newest.loadBalancerDimension));
      }
    }
    for (const [arn, group] of this.groups) group.setUsedBy(users.get(arn) ?? new Set());
  }
}

function namedGroups(settings: ListenerSettings): string[] {
  return settings.rules.flatMap(({ action }) =>
    action.kind === 'forward' ? action.targetGroups.map(({ targetGroupArn }) => targetGroupArn) : [],
  );
}
