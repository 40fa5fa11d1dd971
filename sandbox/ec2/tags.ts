import type {
  CreateTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  Tag,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { mergeTags } from '../state/tags';
import { matchesFilters, tagFacts } from './filters';

interface Tagged {
  tags: Tag[];
}

export function createTags(cloud: Cloud, input: Validated<CreateTagsRequest>): object {
  const resources = input.Resources.map((id) => taggable(cloud.state, id));
  for (const resource of resources) resource.tags = mergeTags(resource.tags, input.Tags);
  return {};
}

export function describeTags(state: CloudState, input: Validated<DescribeTagsRequest>): DescribeTagsResult {
  const all = [
    ...[...state.templates.values()].map((template) => ({ ...template, type: 'launch-template' as const })),
    ...[...state.instances.values()].map((instance) => ({ ...instance, type: 'instance' as const })),
  ];
  const rows = all.flatMap((resource) =>
    resource.tags.map((tag) => ({
      ...tag,
      ResourceId: resource.id,
      ResourceType: resource.type satisfies ResourceType,
    })),
  );
  return {
    Tags: rows.filter((row) =>
      matchesFilters(
        {
          'resource-id': row.ResourceId,
          'resource-type': row.ResourceType,
          key: row.Key,
          value: row.Value,
          ...tagFacts([row]),
        },
        input.Filters,
      ),
    ),
  };
}

function taggable(state: CloudState, id: string): Tagged {
  const resource = state.templates.get(id) ?? state.instances.get(id);
  if (resource) return resource;
  const code = id.startsWith('lt-') ? 'InvalidLaunchTemplateId.NotFound' : 'InvalidID';
  throw new AwsError(code, `The ID '${id}' is not valid`);
}
