import { defaultTargetTimeoutSeconds } from '../data-plane';
import { HostCountSampler } from '../metrics/host-counts';
import { MetricStore } from '../metrics/metric-store';
import { TargetGroups } from '../targets/target-groups';
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
  VirtualTraffic,
} from '../types';
import { TimerWheel } from './timer-wheel';
import { VirtualChecks } from './virtual-checks';
import { VirtualListener } from './virtual-listener';
import { VirtualServers } from './virtual-servers';

/** Fine enough for health checks every 5 s at a speed of 100. */
const tickMs = 10;
/** Requests are drawn so often in each metric period, so that a change of weights in it shows in it. */
const drawsPerPeriod = 4;
/** Far less than AWS's: thousands of listeners would fill the memory. */
const metricRetentionSeconds = 10 * 60;
const firstPort = 20_000;

/**
 * The same without processes, sockets or a timer per target, for thousands of servers in one process: health checks ask
 * the image's program what it would answer, and each listener's requests are drawn by its load.
 * @param random uniform in [0, 1); what it draws is which way requests go and how they end
 */
export function createVirtualDataPlane(options: DataPlaneOptions, random: () => number = Math.random): DataPlane {
  return new VirtualDataPlane(options, random);
}

class VirtualDataPlane implements DataPlane {
  private readonly wheel = new TimerWheel(tickMs);
  private readonly groups: TargetGroups;
  private readonly listeners = new Map<string, VirtualListener>();
  private readonly servers: VirtualServers;
  private readonly store: MetricStore;
  private readonly hostCounts: HostCountSampler;
  private readonly drawing: NodeJS.Timeout;
  private drawnUntilMs = performance.now();
  private nextPort = firstPort;

  constructor(
    private readonly options: DataPlaneOptions,
    private readonly random: () => number,
  ) {
    const { speed, metricResolutionSeconds: resolutionSeconds } = options;
    const { after } = this.wheel;
    this.servers = new VirtualServers(speed);
    this.groups = new TargetGroups({
      speed,
      after,
      newChecks: (target, checkOptions) =>
        new VirtualChecks(target, { speed, after, servers: this.servers, ...checkOptions }),
    });
    this.store = new MetricStore({
      resolutionSeconds,
      lagSeconds: options.metricLagSeconds,
      retentionSeconds: metricRetentionSeconds,
    });
    this.hostCounts = new HostCountSampler(this.store, this.groups, resolutionSeconds);
    this.drawing = setInterval(() => this.draw(), (resolutionSeconds * 1000) / drawsPerPeriod);
  }

  launch(spec: LaunchSpec): void {
    this.servers.launch(spec);
  }

  async terminate(instanceId: string): Promise<void> {
    this.servers.terminate(instanceId);
  }

  isRunning(instanceId: string): boolean {
    return this.servers.isRunning(instanceId);
  }

  /** Virtual servers end by `terminate` only. */
  onServerExit(): void {
    return;
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

  /** No port is opened; the number only looks like one. */
  async openListener(settings: ListenerSettings, port: number): Promise<number> {
    if (this.listeners.has(settings.arn)) throw new Error(`cannot open listener ${settings.arn}: it is open already`);
    const listener = new VirtualListener(settings, {
      groups: this.groups,
      servers: this.servers,
      store: this.store,
      after: this.wheel.after,
      propagationLagMs: (this.options.propagationLagSeconds * 1000) / this.options.speed,
      targetTimeoutMs: (this.options.targetTimeoutSeconds ?? defaultTargetTimeoutSeconds) * 1000,
      random: this.random,
    });
    this.listeners.set(settings.arn, listener);
    this.groups.useBy(settings);
    return port === 0 ? this.nextPort++ : port;
  }

  putListener(settings: ListenerSettings): void {
    this.listenerOf(settings.arn, 'change').put(settings);
    this.groups.useBy(settings);
  }

  async closeListener(arn: string): Promise<void> {
    this.listeners.get(arn)?.close();
    this.listeners.delete(arn);
    this.groups.forgetListener(arn);
  }

  metrics(query: MetricQuery): Datapoint[] {
    return this.store.query(query);
  }

  setVirtualLoad(listenerArn: string, requestsPerSecond: number): void {
    this.listenerOf(listenerArn, 'load').requestsPerSecond = requestsPerSecond;
  }

  virtualTraffic(): Record<string, VirtualTraffic> {
    const byBalancer: Record<string, VirtualTraffic> = {};
    for (const { settings, traffic } of this.listeners.values()) {
      const sum = (byBalancer[settings.loadBalancerDimension] ??= { requests: 0, failedByTargets: 0, unanswered: 0 });
      sum.requests += traffic.requests;
      sum.failedByTargets += traffic.failedByTargets;
      sum.unanswered += traffic.unanswered;
    }
    return byBalancer;
  }

  async close(): Promise<void> {
    clearInterval(this.drawing);
    this.hostCounts.close();
    this.wheel.close();
    this.groups.close();
  }

  /** By the time that really went by, so that a process that was held up sends what it missed. */
  private draw(): void {
    const nowMs = performance.now();
    const seconds = (nowMs - this.drawnUntilMs) / 1000;
    this.drawnUntilMs = nowMs;
    for (const listener of this.listeners.values()) listener.send(seconds);
  }

  private listenerOf(arn: string, verb: string): VirtualListener {
    const listener = this.listeners.get(arn);
    if (!listener) throw new Error(`cannot ${verb} listener ${arn}: it is not open; open it first`);
    return listener;
  }
}
