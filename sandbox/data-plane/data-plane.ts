import { Listener } from './balancer/listener';
import { HostCountSampler } from './metrics/host-counts';
import { MetricStore } from './metrics/metric-store';
import { ServerPool } from './servers/server-pool';
import { HealthCheckLoop } from './targets/health-check-loop';
import { afterOwnTimer } from './targets/mechanics';
import { TargetGroups } from './targets/target-groups';
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
  TargetState,
} from './types';

/** As long as an Application Load Balancer waits for a silent target unless told otherwise. */
export const defaultTargetTimeoutSeconds = 60;

/** Servers, balancers and metrics on this machine; `close` ends all of them. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  return new LocalDataPlane(options);
}

class LocalDataPlane implements DataPlane {
  private readonly groups: TargetGroups;
  private readonly listeners = new Map<string, Listener>();
  private readonly servers: ServerPool;
  private readonly store: MetricStore;
  private readonly hostCounts: HostCountSampler;

  constructor(private readonly options: DataPlaneOptions) {
    const { speed, metricResolutionSeconds: resolutionSeconds } = options;
    this.servers = new ServerPool(speed);
    this.groups = new TargetGroups({
      speed,
      after: afterOwnTimer,
      newChecks: (target, checkOptions) => new HealthCheckLoop(target, { speed, ...checkOptions }),
    });
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

  putTargetGroup(settings: TargetGroupSettings): void {
    this.groups.put(settings);
  }

  removeTargetGroup(arn: string): void {
    this.groups.remove(arn);
  }

  register(targetGroupArn: string, target: Target): void {
    this.groups.register(targetGroupArn, target);
  }

  deregister(targetGroupArn: string, instanceId: string): Promise<void> {
    return this.groups.deregister(targetGroupArn, instanceId);
  }

  targetHealth(targetGroupArn: string): TargetHealth[] {
    return this.groups.health(targetGroupArn);
  }

  targetState(targetGroupArn: string, instanceId: string): TargetState | undefined {
    return this.groups.stateOf(targetGroupArn, instanceId);
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
    this.groups.useBy(settings);
    try {
      return await listener.open(port);
    } catch (error) {
      this.listeners.delete(settings.arn);
      this.groups.forgetListener(settings.arn);
      throw error;
    }
  }

  putListener(settings: ListenerSettings): void {
    const listener = this.listeners.get(settings.arn);
    if (!listener) throw new Error(`cannot change listener ${settings.arn}: it is not open; open it first`);
    listener.put(settings);
    this.groups.useBy(settings);
  }

  async closeListener(arn: string): Promise<void> {
    const listener = this.listeners.get(arn);
    this.listeners.delete(arn);
    this.groups.forgetListener(arn);
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
    this.groups.close();
    await this.servers.close();
  }
}
