import type { SteadyReport } from '../control/types';
import type { Cloud } from './cloud';
import type { GroupState } from './group-state';

/** Whether every group has its desired capacity in service and healthy, and nothing is on its way in or out. */
export function steadyReport(cloud: Cloud): SteadyReport {
  const waitingFor = [...cloud.state.groups.values()].flatMap((group) => missingIn(cloud, group));
  return { steady: waitingFor.length === 0, waitingFor };
}

function missingIn(cloud: Cloud, group: GroupState): string[] {
  if (group.status !== undefined) return [`${group.name}: ${group.status}`];
  const instances = [...cloud.state.instances.values()].filter(
    (instance) => instance.groupName === group.name && instance.lifecycle !== 'Terminated',
  );
  const inService = instances.filter((instance) => instance.lifecycle === 'InService');
  const missing: string[] = [];
  if (inService.length !== group.desiredCapacity) {
    missing.push(`${group.name}: ${inService.length} of ${group.desiredCapacity} in service`);
  }
  const moving = instances.length - inService.length;
  if (moving > 0) missing.push(`${group.name}: ${moving} pending or terminating`);
  for (const arn of group.targetGroupArns) {
    const health = cloud.dataPlane.targetHealth(arn);
    const unhealthy = inService.filter((instance) => !isGood(health, instance.id));
    if (unhealthy.length > 0) missing.push(`${group.name}: ${unhealthy.length} not healthy in ${arn}`);
  }
  return missing;
}

/** A target group that no rule names checks nobody's health, so that `unused` is as good as it gets there. */
function isGood(health: ReturnType<Cloud['dataPlane']['targetHealth']>, instanceId: string): boolean {
  return health.some(
    ({ target, state }) => target.instanceId === instanceId && (state === 'healthy' || state === 'unused'),
  );
}
