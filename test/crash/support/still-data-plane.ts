import type { DataPlane, ListenerSettings, TargetHealth, TargetState } from '../../../sandbox/data-plane/types';
import type { Cloud } from '../../../sandbox/state/cloud';
import { forwardedTo } from '../../../sandbox/elbv2/find';

/**
 * Servers and balancers that follow from the cloud's state alone, so that a restored state is a whole world: a server in
 * service is healthy at once where a rule refers to its target group.
 */
export class StillDataPlane implements DataPlane {
  /** Groups whose servers fail their health checks. */
  readonly sickGroups = new Set<string>();
  /** ARNs of target groups in which every server fails its health checks. */
  readonly sickTargetGroups = new Set<string>();
  private cloud: Cloud | undefined;
  private nextPort = 20_000;

  follow(cloud: Cloud): void {
    this.cloud = cloud;
  }

  targetHealth(arn: string): TargetHealth[] {
    const state = this.cloud?.state;
    if (!state) return [];
    const isReferenced = [...state.rules.values()].some((rule) => forwardedTo(rule.actions).includes(arn));
    const members = [...state.instances.values()].filter(
      (instance) =>
        instance.lifecycle === 'InService' && state.groups.get(instance.groupName)?.targetGroupArns.includes(arn),
    );
    return members.map(({ id, address, port, groupName }): TargetHealth => {
      const target = { instanceId: id, address, port };
      if (!isReferenced) return { target, state: 'unused', reason: 'Target.NotInUse' };
      if (this.sickGroups.has(groupName) || this.sickTargetGroups.has(arn))
        return { target, state: 'unhealthy', reason: 'Target.Timeout' };
      return { target, state: 'healthy' };
    });
  }

  targetState(arn: string, instanceId: string): TargetState | undefined {
    return this.targetHealth(arn).find(({ target }) => target.instanceId === instanceId)?.state;
  }

  async openListener(_settings: ListenerSettings, port: number): Promise<number> {
    return port === 0 ? (this.nextPort += 1) : port;
  }

  isRunning(): boolean {
    return true;
  }

  metrics(): [] {
    return [];
  }

  launch(): void {}
  async terminate(): Promise<void> {}
  onServerExit(): void {}
  putTargetGroup(): void {}
  removeTargetGroup(): void {}
  register(): void {}
  async deregister(): Promise<void> {}
  putListener(): void {}
  async closeListener(): Promise<void> {}
  async close(): Promise<void> {}
}
