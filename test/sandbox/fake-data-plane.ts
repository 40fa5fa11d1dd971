import type {
  DataPlane,
  Datapoint,
  LaunchSpec,
  ListenerSettings,
  MetricQuery,
  Target,
  TargetGroupSettings,
  TargetHealth,
  TargetState,
} from '../../sandbox/data-plane/types';

/** Servers without processes: healthy at once where a listener refers to their group; tests turn the rest by hand. */
export class FakeDataPlane implements DataPlane {
  readonly launched = new Map<string, LaunchSpec>();
  readonly settings = new Map<string, TargetGroupSettings>();
  readonly listeners = new Map<string, ListenerSettings>();
  readonly unhealthy = new Set<string>();
  /** Deregistrations wait while this is set. */
  holdDraining = false;
  /** Terminations wait while this is set. */
  holdTermination = false;
  points: Datapoint[] = [];
  readonly queries: MetricQuery[] = [];
  private readonly registered = new Map<string, Map<string, Target>>();
  private readonly draining: (() => void)[] = [];
  private readonly terminating: (() => void)[] = [];
  private exitListener: (instanceId: string) => void = () => undefined;
  private nextPort = 20_000;

  launch(spec: LaunchSpec): void {
    this.launched.set(spec.instanceId, spec);
  }

  async terminate(instanceId: string): Promise<void> {
    if (this.holdTermination) await new Promise<void>((resolve) => this.terminating.push(resolve));
    this.launched.delete(instanceId);
  }

  isRunning(instanceId: string): boolean {
    return this.launched.has(instanceId);
  }

  onServerExit(listener: (instanceId: string) => void): void {
    this.exitListener = listener;
  }

  /** As if the process had ended by itself. */
  crash(instanceId: string): void {
    this.launched.delete(instanceId);
    this.exitListener(instanceId);
  }

  putTargetGroup(settings: TargetGroupSettings): void {
    this.settings.set(settings.arn, settings);
  }

  removeTargetGroup(arn: string): void {
    this.settings.delete(arn);
  }

  register(targetGroupArn: string, target: Target): void {
    const targets = this.registered.get(targetGroupArn) ?? new Map<string, Target>();
    this.registered.set(targetGroupArn, targets.set(target.instanceId, target));
  }

  async deregister(targetGroupArn: string, instanceId: string): Promise<void> {
    if (this.holdDraining) await new Promise<void>((resolve) => this.draining.push(resolve));
    this.registered.get(targetGroupArn)?.delete(instanceId);
  }

  finishTermination(): void {
    this.holdTermination = false;
    for (const finish of this.terminating.splice(0)) finish();
  }

  finishDraining(): void {
    this.holdDraining = false;
    for (const finish of this.draining.splice(0)) finish();
  }

  targetHealth(targetGroupArn: string): TargetHealth[] {
    const isReferenced = [...this.listeners.values()].some((listener) =>
      listener.rules.some(
        ({ action }) =>
          action.kind === 'forward' && action.targetGroups.some((entry) => entry.targetGroupArn === targetGroupArn),
      ),
    );
    return [...(this.registered.get(targetGroupArn)?.values() ?? [])].map((target): TargetHealth => {
      if (!isReferenced) return { target, state: 'unused', reason: 'Target.NotInUse' };
      if (this.unhealthy.has(target.instanceId)) return { target, state: 'unhealthy', reason: 'Target.Timeout' };
      return { target, state: 'healthy' };
    });
  }

  targetState(targetGroupArn: string, instanceId: string): TargetState | undefined {
    return this.targetHealth(targetGroupArn).find(({ target }) => target.instanceId === instanceId)?.state;
  }

  async openListener(settings: ListenerSettings, port: number): Promise<number> {
    this.listeners.set(settings.arn, settings);
    return port === 0 ? (this.nextPort += 1) : port;
  }

  putListener(settings: ListenerSettings): void {
    this.listeners.set(settings.arn, settings);
  }

  async closeListener(arn: string): Promise<void> {
    this.listeners.delete(arn);
  }

  metrics(query: MetricQuery): Datapoint[] {
    this.queries.push(query);
    return this.points.filter((point) => point.startMs >= query.startMs && point.startMs < query.endMs);
  }

  async close(): Promise<void> {
    this.finishDraining();
    this.finishTermination();
  }
}
