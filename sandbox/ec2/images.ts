import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import type { ImageState } from '../state/compute-state';
import { matchesFilters } from './filters';

export function describeImages(
  cloud: Cloud,
  state: CloudState,
  input: Validated<DescribeImagesRequest>,
): DescribeImagesResult {
  const images = input.ImageIds?.length ? imagesById(state, input.ImageIds) : [...state.images.values()];
  const matching = images.filter((image) =>
    matchesFilters(
      { 'image-id': image.id, name: image.id, state: image.state, architecture: image.architecture },
      input.Filters,
    ),
  );
  return { Images: matching.map((image) => describeImage(image, cloud)) };
}

function imagesById(state: CloudState, ids: string[]): ImageState[] {
  const malformed = ids.find((id) => !id.startsWith('ami-'));
  if (malformed !== undefined) throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${malformed}"`);
  const missing = ids.filter((id) => !state.images.has(id));
  if (missing.length > 0) throw new AwsError('InvalidAMIID.NotFound', imageNotFoundMessage(missing));
  return ids.flatMap((id) => state.images.get(id) ?? []);
}

/** EC2's own words, which Auto Scaling repeats in its activities. */
export function imageNotFoundMessage(ids: string[]): string {
  return ids.length === 1
    ? `The image id '[${ids.join()}]' does not exist`
    : `The image ids '[${ids.join(', ')}]' do not exist`;
}

function describeImage(image: ImageState, cloud: Cloud): Image {
  return {
    ImageId: image.id,
    Name: image.id,
    Description: `Program version ${image.program.version}`,
    State: image.state as Image['State'],
    Architecture: image.architecture as Image['Architecture'],
    ImageType: 'machine',
    VirtualizationType: 'hvm',
    RootDeviceType: 'ebs',
    RootDeviceName: '/dev/xvda',
    OwnerId: cloud.account,
    Public: false,
  };
}
