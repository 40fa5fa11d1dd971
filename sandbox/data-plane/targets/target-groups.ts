import type { ListenerSettings, Target, TargetGroupSettings, TargetHealth, TargetState } from '../types';
import type { TargetMechanics } from './mechanics';
import { statusMatcher } from './status-matcher';
import { TargetGroup } from './target-group';

/** All target groups, and which balancers name them. */
export class TargetGroups {
  private readonly groups = new Map<string, TargetGroup>();
  /** Of each group: listener to the dimension of its balancer. A listener may name a group before the group is put. */
  private readonly users = new Map<string, Map<string, string>>();
  /** Of each listener: the groups that it names. */
  private readonly named = new Map<string, Set<string>>();

  constructor(private readonly mechanics: TargetMechanics) {}

  get(arn: string): TargetGroup | undefined {
    return this.groups.get(arn);
  }

  all(): Iterable<TargetGroup> {
    return this.groups.values();
  }

  /** @throws Error when the matcher cannot be read */
  put(settings: TargetGroupSettings): void {
    // Here the caller gets the error; in a health check nobody would.
    statusMatcher(settings.healthCheck.matcher);
    const known = this.groups.get(settings.arn);
    if (known) {
      known.settings = settings;
      return;
    }
    this.groups.set(settings.arn, new TargetGroup(settings, this.mechanics));
    this.refreshUse(settings.arn);
  }

  remove(arn: string): void {
    this.groups.get(arn)?.close();
    this.groups.delete(arn);
  }

  register(arn: string, target: Target): void {
    const group = this.groups.get(arn);
    if (!group) throw new Error(`cannot register ${target.instanceId}: there is no target group ${arn}; put it first`);
    group.register(target);
  }

  async deregister(arn: string, instanceId: string): Promise<void> {
    await this.groups.get(arn)?.deregister(instanceId);
  }

  health(arn: string): TargetHealth[] {
    return this.groups.get(arn)?.health() ?? [];
  }

  stateOf(arn: string, instanceId: string): TargetState | undefined {
    return this.groups.get(arn)?.stateOf(instanceId);
  }

  /** Health checks follow the newest rules at once, though the balancers apply them later. */
  useBy(listener: ListenerSettings): void {
    const before = this.named.get(listener.arn) ?? new Set();
    const now = new Set(listener.rules.flatMap(forwardedTo));
    this.named.set(listener.arn, now);
    for (const arn of now) this.usersOf(arn).set(listener.arn, listener.loadBalancerDimension);
    for (const arn of now) this.refreshUse(arn);
    for (const arn of before) if (!now.has(arn)) this.dropUser(arn, listener.arn);
  }

  /** The listener is gone, and what it named may be unused now. */
  forgetListener(listenerArn: string): void {
    const named = this.named.get(listenerArn) ?? [];
    this.named.delete(listenerArn);
    for (const arn of named) this.dropUser(arn, listenerArn);
  }

  close(): void {
    for (const group of this.groups.values()) group.close();
  }

  private usersOf(arn: string): Map<string, string> {
    const users = this.users.get(arn) ?? new Map<string, string>();
    this.users.set(arn, users);
    return users;
  }

  private dropUser(arn: string, listenerArn: string): void {
    const users = this.usersOf(arn);
    users.delete(listenerArn);
    if (users.size === 0) this.users.delete(arn);
    this.refreshUse(arn);
  }

  private refreshUse(arn: string): void {
    this.groups.get(arn)?.setUsedBy(new Set(this.users.get(arn)?.values()));
  }
}

function forwardedTo({ action }: ListenerSettings['rules'][number]): string[] {
  return action.kind === 'forward' ? action.targetGroups.map(({ targetGroupArn }) => targetGroupArn) : [];
}
