import { instancesOf } from '../autoscaling/find-group';
import type { SteadyReport } from '../control/types';
import type { TargetState } from '../data-plane/types';
import type { Cloud } from './cloud';
import type { GroupState } from './group-state';

/** A target group that no rule names checks nobody's health, so that `unused` is as good as it gets there. */
const goodStates = new Set<TargetState | undefined>(['healthy', 'unused']);

/** Whether every group has its desired capacity in service and healthy, and nothing is on its way in or out. */
export function steadyReport(cloud: Cloud): SteadyReport {
  const waitingFor = [...cloud.state.groups.values()].flatMap((group) => missingIn(cloud, group));
  return { steady: waitingFor.length === 0, waitingFor };
}

function missingIn(cloud: Cloud, group: GroupState): string[] {
  if (group.status !== undefined) return [`${group.name}: ${group.status}`];
  const instances = instancesOf(cloud.state, group.name);
  const inService = instances.filter((instance) => instance.lifecycle === 'InService');
  const missing: string[] = [];
  if (inService.length !== group.desiredCapacity) {
    missing.push(`${group.name}: ${inService.length} of ${group.desiredCapacity} in service`);
  }
  const moving = instances.length - inService.length;
  if (moving > 0) missing.push(`${group.name}: ${moving} pending or terminating`);
  for (const arn of group.targetGroupArns) {
    const unhealthy = inService.filter(({ id }) => !goodStates.has(cloud.dataPlane.targetState(arn, id)));
    if (unhealthy.length > 0) missing.push(`${group.name}: ${unhealthy.length} not healthy in ${arn}`);
  }
  return missing;
}
