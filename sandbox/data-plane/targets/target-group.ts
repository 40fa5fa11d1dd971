import type { Target, TargetGroupSettings, TargetHealth, TargetState } from '../types';
import { Draining } from './draining';
import type { TargetMechanics } from './mechanics';
import { RegisteredTarget } from './registered-target';

/** The targets of one group: who may get requests, who is checked, who drains. */
export class TargetGroup {
  /** Balancers (their dimension) whose newest rules name this group. While there is none, nothing is checked. */
  usedBy: ReadonlySet<string> = new Set();
  private readonly targets = new Map<string, RegisteredTarget>();
  /** Both are recomputed on every change, so that choosing a target is cheap. */
  private healthy: RegisteredTarget[] = [];
  private routable: RegisteredTarget[] = [];
  private turn = 0;

  constructor(
    public settings: TargetGroupSettings,
    private readonly mechanics: TargetMechanics,
  ) {}

  /** A balancer that names the group, at weight 0 too, makes its targets be checked; checks begin anew each time. */
  setUsedBy(loadBalancers: ReadonlySet<string>): void {
    const wasUsed = this.usedBy.size > 0;
    this.usedBy = loadBalancers;
    const isUsed = loadBalancers.size > 0;
    if (wasUsed === isUsed) return;
    for (const registered of this.targets.values()) {
      if (registered.draining) continue;
      if (isUsed) registered.checks.start();
      else registered.checks.stop();
    }
    this.refreshRoutable();
  }

  /** A target that drains is called back and begins as new; one that is registered and not draining is left alone. */
  register(target: Target): void {
    const known = this.targets.get(target.instanceId);
    if (known && !known.draining) return;
    known?.draining?.callOff();
    const registered = known ?? this.newTarget(target);
    registered.draining = undefined;
    this.targets.set(target.instanceId, registered);
    if (this.usedBy.size > 0) registered.checks.start();
    this.refreshRoutable();
  }

  /**
   * No new requests from now on. Resolves when the target is gone, which is after the full deregistration delay, or
   * when it was registered again meanwhile; at once when it is not registered.
   */
  async deregister(instanceId: string): Promise<void> {
    const registered = this.targets.get(instanceId);
    if (!registered) return;
    if (registered.draining) {
      await registered.draining.over;
      return;
    }
    const draining = new Draining(
      (this.settings.deregistrationDelaySeconds * 1000) / this.mechanics.speed,
      this.mechanics.after,
    );
    registered.draining = draining;
    registered.checks.stop();
    this.refreshRoutable();
    if ((await draining.over) === 'called-off') return;
    this.targets.delete(instanceId);
    registered.close();
  }

  health(): TargetHealth[] {
    return [...this.targets.values()].map((registered) => registered.health());
  }

  healthyTargets(): readonly RegisteredTarget[] {
    return this.healthy;
  }

  stateOf(instanceId: string): TargetState | undefined {
    return this.targets.get(instanceId)?.state();
  }

  /** How many targets are in each state; states that nobody is in are left out. */
  countStates(): Map<TargetState, number> {
    const counts = new Map<TargetState, number>();
    for (const registered of this.targets.values()) {
      const state = registered.state();
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  }

  /**
   * Round robin over the healthy targets; when none is healthy, over all that do not drain (AWS "fails open").
   * `undefined` when there is nobody to ask.
   */
  nextTarget(): RegisteredTarget | undefined {
    this.turn = this.turn + 1 < this.routable.length ? this.turn + 1 : 0;
    return this.routable[this.turn];
  }

  close(): void {
    for (const registered of this.targets.values()) registered.close();
    this.targets.clear();
    this.refreshRoutable();
  }

  private newTarget(target: Target): RegisteredTarget {
    const checks = this.mechanics.newChecks(target, {
      settings: () => this.settings.healthCheck,
      onChange: () => this.refreshRoutable(),
    });
    return new RegisteredTarget(target, checks);
  }

  private refreshRoutable(): void {
    const open = [...this.targets.values()].filter((registered) => !registered.draining);
    this.healthy = open.filter((registered) => registered.checks.verdict.state === 'healthy');
    this.routable = this.healthy.length > 0 ? this.healthy : open;
  }
}
