import {
  CreateLaunchTemplate$,
  CreateLaunchTemplateVersion$,
  CreateTags$,
  DeleteLaunchTemplate$,
  DescribeImages$,
  DescribeInstances$,
  DescribeLaunchTemplates$,
  DescribeLaunchTemplateVersions$,
  DescribeTags$,
  type CreateLaunchTemplateRequest,
  type CreateLaunchTemplateVersionRequest,
  type CreateTagsRequest,
  type DeleteLaunchTemplateRequest,
  type DescribeImagesRequest,
  type DescribeInstancesRequest,
  type DescribeLaunchTemplatesRequest,
  type DescribeLaunchTemplateVersionsRequest,
  type DescribeTagsRequest,
} from '@aws-sdk/client-ec2';
import { mutation, read, type Operation } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import { describeLaunchTemplates, describeLaunchTemplateVersions } from './describe-templates';
import { describeImages } from './images';
import { describeInstances } from './instances';
import { createTags, describeTags } from './tags';
import { createLaunchTemplate, createLaunchTemplateVersion, deleteLaunchTemplate } from './templates';

export function ec2Operations(cloud: Cloud): Operation[] {
  return [
    mutation<CreateLaunchTemplateRequest>(CreateLaunchTemplate$, (input) => createLaunchTemplate(cloud, input)),
    mutation<CreateLaunchTemplateVersionRequest>(CreateLaunchTemplateVersion$, (input) =>
      createLaunchTemplateVersion(cloud, input),
    ),
    mutation<DeleteLaunchTemplateRequest>(DeleteLaunchTemplate$, (input) => deleteLaunchTemplate(cloud, input)),
    mutation<CreateTagsRequest>(CreateTags$, (input) => createTags(cloud, input)),
    read<DescribeLaunchTemplatesRequest>(DescribeLaunchTemplates$, (input, state) =>
      describeLaunchTemplates(cloud, state, input),
    ),
    read<DescribeLaunchTemplateVersionsRequest>(DescribeLaunchTemplateVersions$, (input, state) =>
      describeLaunchTemplateVersions(cloud, state, input),
    ),
    read<DescribeImagesRequest>(DescribeImages$, (input, state) => describeImages(cloud, state, input)),
    read<DescribeInstancesRequest>(DescribeInstances$, (input, state) => describeInstances(cloud, state, input)),
    read<DescribeTagsRequest>(DescribeTags$, (input, state) => describeTags(state, input)),
  ];
}
