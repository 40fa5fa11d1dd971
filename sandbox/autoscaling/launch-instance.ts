import type { Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';
import { hexId, type Cloud } from '../state/cloud';
import type { InstanceState } from '../state/compute-state';
import type { GroupState } from '../state/group-state';
import { mergeTags } from '../state/tags';
import { beginActivity, endActivity } from './activities';
import { addMember } from './find-group';
import type { LaunchFailures } from './launch-failures';
import { planLaunch, type LaunchPlan } from './launch-plan';
import { zonesOfGroup } from './zones';

const firstBackoffSeconds = 5;
const maxBackoffSeconds = 300;

/** Starts one server for the group. Answers false, and makes the group wait longer each time, when that failed. */
export function launchInstance(cloud: Cloud, group: GroupState, failures: LaunchFailures): boolean {
  const instanceId = `i-${hexId(17)}`;
  const activity = beginActivity(cloud.state, {
    groupName: group.name,
    description: `Launching a new EC2 instance: ${instanceId}`,
    cause: `At ${new Date().toISOString()} an instance was started in response to a difference between desired and actual capacity of ${group.desiredCapacity}.`,
  });
  try {
    failures.throwIfAny(group.name);
    startServer(cloud, group, planLaunch(cloud.state, group.settings), instanceId, activity.ActivityId);
    Object.assign(group, { failedLaunches: 0, noLaunchBeforeMs: 0 });
    return true;
  } catch (error) {
    const reason =
      error instanceof AwsError ? error.message : `The sandbox could not start the server: ${String(error)}`;
    activity.Description = 'Launching a new EC2 instance';
    endActivity(cloud.state, activity.ActivityId, {
      status: 'Failed',
      message: `${reason}. Launching EC2 instance failed.`.replace('..', '.'),
    });
    const backoffSeconds = Math.min(firstBackoffSeconds * 2 ** group.failedLaunches, maxBackoffSeconds);
    group.failedLaunches += 1;
    group.noLaunchBeforeMs = Date.now() + cloud.realMs(backoffSeconds);
    return false;
  }
}

function startServer(cloud: Cloud, group: GroupState, plan: LaunchPlan, instanceId: string, activityId: string): void {
  const zones = zonesOfGroup(cloud, group.settings);
  const address = cloud.newAddress();
  const instance: InstanceState = {
    id: instanceId,
    groupName: group.name,
    imageId: plan.image.id,
    instanceType: plan.instanceType,
    availabilityZone: zones[cloud.state.instances.size % zones.length] ?? `${cloud.region}a`,
    address,
    port: plan.image.program.port,
    launchTemplate: plan.template,
    tags: instanceTags(group, plan),
    lifecycle: 'Pending',
    health: 'Healthy',
    protectedFromScaleIn: group.settings.NewInstancesProtectedFromScaleIn ?? false,
    launchedAt: new Date(),
    running: true,
    activityId,
  };
  cloud.dataPlane.launch({ instanceId, address, program: plan.image.program });
  addMember(cloud.state, instance);
}

/** Where template and group name the same key, the group's tag wins. */
function instanceTags(group: GroupState, plan: LaunchPlan): Tag[] {
  const ofTemplate = (plan.data.TagSpecifications ?? [])
    .filter((specification) => specification.ResourceType === 'instance')
    .flatMap((specification) => specification.Tags ?? []);
  const ofGroup = group.tags.filter((tag) => tag.PropagateAtLaunch).map(({ Key, Value }): Tag => ({ Key, Value }));
  return [
    ...mergeTags(ofTemplate, ofGroup),
    { Key: 'aws:autoscaling:groupName', Value: group.name },
    { Key: 'aws:ec2launchtemplate:id', Value: plan.template.LaunchTemplateId },
    { Key: 'aws:ec2launchtemplate:version', Value: plan.template.Version },
  ];
}
