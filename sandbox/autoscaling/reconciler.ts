import type { Cloud } from '../state/cloud';
import type { InstanceState } from '../state/compute-state';
import type { GroupState } from '../state/group-state';
import { endActivity } from './activities';
import { instancesOf } from './find-group';
import { healthCheckTypesOf } from './group-rules';
import type { LaunchFailures } from './launch-failures';
import { launchInstance } from './launch-instance';
import { chooseForScaleIn } from './scale-in';
import { registerInstance } from './target-group-attachments';
import { terminateInstance } from './terminate-instance';

/** Real time between two looks at all groups. */
const tickMs = 50;
/** What EC2 needs to start a machine; the boot of its program comes on top and delays only its health. */
const pendingSeconds = 2;

/** Brings every group towards its desired capacity, again and again. */
export class Reconciler {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly launchFailures: LaunchFailures,
  ) {}

  start(): void {
    this.cloud.dataPlane.onServerExit((instanceId) => this.serverEnded(instanceId));
    this.timer = setInterval(() => this.tick(), tickMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The process of an instance is gone without anybody having asked for it. */
  serverEnded(instanceId: string): void {
    const instance = this.cloud.state.instances.get(instanceId);
    if (instance) instance.running = false;
  }

  /** One look at all groups. */
  tick(): void {
    for (const group of this.cloud.state.groups.values()) {
      const members = instancesOf(this.cloud.state, group.name);
      if (group.status === undefined) {
        this.admitStarted(group, members);
        this.removeUnhealthy(group, members);
        this.fitCapacity(group, members);
      } else {
        this.finishDeletion(group, members);
      }
    }
  }

  private admitStarted(group: GroupState, members: InstanceState[]): void {
    const waitMs = this.cloud.realMs(pendingSeconds);
    for (const instance of members) {
      if (instance.lifecycle !== 'Pending' || !instance.running) continue;
      if (Date.now() < instance.launchedAt.getTime() + waitMs) continue;
      for (const arn of group.targetGroupArns) registerInstance(this.cloud, arn, instance);
      Object.assign(instance, { lifecycle: 'InService', inServiceAtMs: Date.now() });
      endActivity(this.cloud.state, instance.activityId, { status: 'Successful' });
    }
  }

  private removeUnhealthy(group: GroupState, members: InstanceState[]): void {
    for (const instance of members) {
      if (instance.lifecycle === 'Terminating') continue;
      const cause = this.reasonToReplace(group, instance);
      if (cause === undefined) continue;
      instance.health = 'Unhealthy';
      terminateInstance(this.cloud, group, instance, { cause });
    }
  }

  private reasonToReplace(group: GroupState, instance: InstanceState): string | undefined {
    if (!instance.running) {
      return 'an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.';
    }
    if (instance.health === 'Unhealthy') {
      return 'an instance was taken out of service in response to a user health-check.';
    }
    // What is rarely so comes first: this is asked of every instance in every tick.
    if (!this.isUnhealthyTarget(group, instance) || !healthCheckTypesOf(group.settings).includes('ELB'))
      return undefined;
    const graceMs = this.cloud.realMs(group.settings.HealthCheckGracePeriod ?? 0);
    if (instance.inServiceAtMs === undefined || Date.now() < instance.inServiceAtMs + graceMs) return undefined;
    return 'an instance was taken out of service in response to an ELB system health check failure.';
  }

  /** One unhealthy verdict among all its target groups is enough; `unused` and `initial` are none. */
  private isUnhealthyTarget(group: GroupState, instance: InstanceState): boolean {
    const { dataPlane } = this.cloud;
    return group.targetGroupArns.some((arn) => dataPlane.targetState(arn, instance.id) === 'unhealthy');
  }

  private fitCapacity(group: GroupState, members: InstanceState[]): void {
    const staying = members.filter((instance) => instance.lifecycle !== 'Terminating');
    const missing = group.desiredCapacity - staying.length;
    for (let launched = 0; launched < missing && Date.now() >= group.noLaunchBeforeMs; launched += 1) {
      if (!launchInstance(this.cloud, group, this.launchFailures)) return;
    }
    for (const instance of chooseForScaleIn(group, staying, Math.max(0, -missing))) {
      const cause = `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity to ${group.desiredCapacity}.`;
      terminateInstance(this.cloud, group, instance, { cause });
    }
  }

  private finishDeletion(group: GroupState, members: InstanceState[]): void {
    if (members.length === 0) this.cloud.state.groups.delete(group.name);
    for (const instance of members) {
      if (instance.lifecycle === 'Terminating') continue;
      terminateInstance(this.cloud, group, instance, { cause: 'the group was deleted by force.', force: true });
    }
  }
}
