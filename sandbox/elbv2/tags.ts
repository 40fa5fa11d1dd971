import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState, TagPair } from '../state/cloud-state';
import { mergeTags, tagPairs } from '../state/tags';
import { findListener, findLoadBalancer, findRule, findTargetGroup } from './find';

const maxResources = 20;
const maxTags = 50;

export function addTags(cloud: Cloud, input: Validated<AddTagsInput>): object {
  const resources = input.ResourceArns.map((arn) => taggedResource(cloud.state, arn));
  const added = tagPairs(input.Tags);
  if (new Set(added.map((tag) => tag.Key)).size < added.length) {
    throw new AwsError('DuplicateTagKeys', 'A tag key was specified more than once');
  }
  if (resources.some((resource) => mergeTags(resource.tags, added).length > maxTags)) {
    throw new AwsError('TooManyTags', `A resource can have at most ${maxTags} tags`);
  }
  for (const resource of resources) resource.tags = mergeTags(resource.tags, added);
  return {};
}

export function removeTags(cloud: Cloud, input: Validated<RemoveTagsInput>): object {
  const resources = input.ResourceArns.map((arn) => taggedResource(cloud.state, arn));
  for (const resource of resources) {
    resource.tags = resource.tags.filter((tag) => !input.TagKeys.includes(tag.Key));
  }
  return {};
}

export function describeTags(state: CloudState, input: Validated<DescribeTagsInput>): DescribeTagsOutput {
  if (input.ResourceArns.length > maxResources) {
    throw new AwsError('ValidationError', `Up to ${maxResources} resource ARNs can be specified`);
  }
  return {
    TagDescriptions: input.ResourceArns.map((arn) => ({ ResourceArn: arn, Tags: taggedResource(state, arn).tags })),
  };
}

function taggedResource(state: CloudState, arn: string): { tags: TagPair[] } {
  if (arn.includes(':targetgroup/')) return findTargetGroup(state, arn);
  if (arn.includes(':listener-rule/')) return findRule(state, arn);
  if (arn.includes(':listener/')) return findListener(state, arn);
  if (arn.includes(':loadbalancer/')) return findLoadBalancer(state, arn);
  throw new AwsError('ValidationError', `'${arn}' is not a valid load balancing ARN`);
}
