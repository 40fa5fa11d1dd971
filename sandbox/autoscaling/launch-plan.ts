import type { LaunchTemplateOverrides, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';
import { findTemplate, findVersion } from '../ec2/find-template';
import { imageNotFoundMessage } from '../ec2/images';
import type { CloudState } from '../state/cloud-state';
import type { ImageState, PinnedTemplate } from '../state/compute-state';
import type { GroupSettings } from '../state/group-state';

/** What one launch of a group would start at this moment. */
export interface LaunchPlan {
  image: ImageState;
  instanceType: string;
  template: PinnedTemplate;
  data: RequestLaunchTemplateData;
}

const defaultInstanceType = 't3.micro';

/**
 * Follows the group's launch template: `$Latest` and `$Default` mean what they mean now. Of a mixed instances policy,
 * the first override counts.
 * @throws AwsError with EC2's code for a template, version or image that cannot be launched.
 */
export function planLaunch(state: CloudState, settings: GroupSettings): LaunchPlan {
  const { specification, override } = launchSource(settings);
  const template = findTemplate(state, templateReference(specification));
  const version = findVersion(template, specification.Version);
  return {
    image: launchableImage(state, override?.ImageId ?? version.data.ImageId),
    instanceType: override?.InstanceType ?? version.data.InstanceType ?? defaultInstanceType,
    template: {
      LaunchTemplateId: template.id,
      LaunchTemplateName: template.name,
      Version: String(version.number),
    },
    data: version.data,
  };
}

interface LaunchSource {
  specification: LaunchTemplateSpecification;
  override?: LaunchTemplateOverrides;
}

function launchSource(settings: GroupSettings): LaunchSource {
  if (settings.LaunchTemplate) return { specification: settings.LaunchTemplate };
  const mixed = settings.MixedInstancesPolicy?.LaunchTemplate;
  const override = mixed?.Overrides?.[0];
  const specification = override?.LaunchTemplateSpecification ?? mixed?.LaunchTemplateSpecification;
  if (!specification) throw new AwsError('MissingParameter', 'The group has no launch template');
  return override ? { specification, override } : { specification };
}

/** Describe answers id and name; the id decides. */
function templateReference(specification: LaunchTemplateSpecification): LaunchTemplateSpecification {
  const { LaunchTemplateId, LaunchTemplateName } = specification;
  return LaunchTemplateId === undefined ? { LaunchTemplateName } : { LaunchTemplateId };
}

function launchableImage(state: CloudState, imageId: string | undefined): ImageState {
  if (imageId === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter ImageId');
  const image = state.images.get(imageId);
  if (!image) throw new AwsError('InvalidAMIID.NotFound', imageNotFoundMessage([imageId]));
  if (image.state === 'available') return image;
  throw new AwsError('InvalidAMIID.Unavailable', `The image ID '${imageId}' is not available`);
}
