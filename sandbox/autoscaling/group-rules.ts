import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../aws-error';
import { findTemplate } from '../ec2/find-template';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import type { GroupSettings, GroupState } from '../state/group-state';
import { validationError } from './find-group';
import { planLaunch } from './launch-plan';
import { zonesOfSubnets } from './zones';

const healthCheckTypes = ['EC2', 'EBS', 'ELB', 'VPC_LATTICE'];
const oneDaySeconds = 86_400;

/** ASCII 33 to 126 without the colon, up to 255 characters. */
export function checkGroupName(name: string): void {
  if (/^[!-9;-~]{1,255}$/.test(name)) return;
  throw validationError(`Invalid AutoScalingGroup name '${name}': 1 to 255 printable characters without a colon`);
}

export function checkSizes(sizes: Pick<GroupState, 'minSize' | 'maxSize' | 'desiredCapacity'>): void {
  const { minSize, maxSize, desiredCapacity } = sizes;
  if (minSize < 0) throw validationError(`Min bound, ${minSize}, must not be negative`);
  if (maxSize < minSize) {
    throw validationError(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  }
  if (desiredCapacity < minSize || desiredCapacity > maxSize) {
    throw validationError(
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  }
}

export function checkSettings(cloud: Cloud, settings: GroupSettings): void {
  checkZones(cloud, settings);
  checkLaunchSource(cloud.state, settings);
  const unknownType = healthCheckTypesOf(settings).find((type) => !healthCheckTypes.includes(type));
  if (unknownType !== undefined) throw validationError(`Invalid HealthCheckType '${unknownType}'`);
  if ((settings.HealthCheckGracePeriod ?? 0) < 0) throw validationError('HealthCheckGracePeriod must not be negative');
  const lifetime = settings.MaxInstanceLifetime ?? 0;
  if (lifetime !== 0 && lifetime < oneDaySeconds) {
    throw validationError(`Max instance lifetime must be 0 or at least ${oneDaySeconds} seconds`);
  }
}

export function healthCheckTypesOf(settings: GroupSettings): string[] {
  return (settings.HealthCheckType ?? 'EC2').split(',').map((type) => type.trim());
}

export function checkTargetGroups(state: CloudState, arns: string[]): void {
  if (arns.every((arn) => state.targetGroups.has(arn))) return;
  throw validationError('Provided Target Groups may not be valid. Please ensure they exist and try again.');
}

function checkZones(cloud: Cloud, settings: GroupSettings): void {
  const { AvailabilityZones: zones, AvailabilityZoneIds: zoneIds, VPCZoneIdentifier: subnets } = settings;
  if (zones?.length && zoneIds?.length) {
    throw validationError('AvailabilityZones and AvailabilityZoneIds cannot both be specified');
  }
  if (!zones?.length && !zoneIds?.length && !subnets) {
    throw validationError('At least one Availability Zone or VPC Subnet is required.');
  }
  const unknownZone = zones?.find((zone) => !cloud.availabilityZones().includes(zone));
  if (unknownZone !== undefined) throw validationError(`Invalid availability zones: [${unknownZone}]`);
  if (!zones?.length || !subnets) return;
  const ofSubnets = zonesOfSubnets(cloud, subnets);
  if ([...ofSubnets].sort().join() === [...new Set(zones)].sort().join()) return;
  throw validationError('The availability zones of the specified subnets and the Auto Scaling group do not match');
}

function checkLaunchSource(state: CloudState, settings: GroupSettings): void {
  const sources = [settings.LaunchTemplate, settings.MixedInstancesPolicy, settings.LaunchConfigurationName];
  if (sources.filter((source) => source !== undefined).length !== 1) {
    const message =
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.';
    throw validationError(message);
  }
  if (settings.LaunchConfigurationName !== undefined) {
    const message = `Launch configuration name not found - Launch configuration ${settings.LaunchConfigurationName} not found`;
    throw validationError(message);
  }
  try {
    planLaunch(state, settings);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(`You must use a valid fully-formed launch template. ${error.message}`);
  }
}

/**
 * A specification in the form in which Describe answers it: id and name, and the version as it was asked for.
 * @throws AwsError ValidationError unless exactly one of id and name is given.
 */
export function completeSpecification(
  state: CloudState,
  given: LaunchTemplateSpecification,
): LaunchTemplateSpecification {
  if ((given.LaunchTemplateId === undefined) === (given.LaunchTemplateName === undefined)) {
    throw validationError('Valid requests must contain either launchTemplateId or LaunchTemplateName');
  }
  try {
    const template = findTemplate(state, given);
    return {
      LaunchTemplateId: template.id,
      LaunchTemplateName: template.name,
      Version: given.Version ?? '$Default',
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(`You must use a valid fully-formed launch template. ${error.message}`);
  }
}
