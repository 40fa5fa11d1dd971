/** The launch template that a group's servers were really started from. */
import type { AutoScalingGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { describeTemplateVersion, findTemplate } from '../clients/aws/templates';
import type { PlanFacts } from '../domain/plan-facts';

/** The versions that the servers in service were launched from: `$Latest` is only what the next launch would get. */
export async function readTemplate(aws: AwsSession, group: AutoScalingGroup): Promise<PlanFacts['template']> {
  const id = group.LaunchTemplate?.LaunchTemplateId;
  if (id === undefined) return null;
  const running = (group.Instances ?? [])
    .filter((instance) => instance.LifecycleState === 'InService' && instance.LaunchTemplate?.LaunchTemplateId === id)
    .map((instance) => instance.LaunchTemplate?.Version)
    .filter((version) => version !== undefined);
  const versions = [...new Set(running)];
  const [template, pinned] = await Promise.all([
    findTemplate(aws, { id }),
    versions[0] === undefined ? undefined : describeTemplateVersion(aws, { id, version: versions[0] }),
  ]);
  if (!template) return null;
  return {
    id,
    versions,
    imageId: pinned?.LaunchTemplateData?.ImageId ?? '',
    pinnedSnapshots: (pinned?.LaunchTemplateData?.BlockDeviceMappings ?? [])
      .filter((device) => device.Ebs?.SnapshotId !== undefined)
      .map((device) => device.DeviceName ?? 'unnamed device'),
  };
}
