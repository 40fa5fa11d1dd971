import type {
  CreateOrUpdateTagsType,
  DeleteTagsType,
  DescribeTagsType,
  Tag,
  TagDescription,
  TagsType,
} from '@aws-sdk/client-auto-scaling';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import type { GroupState, GroupTag } from '../state/group-state';
import { pageOf } from '../state/paging';
import { mergeTags } from '../state/tags';
import { findGroup, validationError } from './find-group';

const maxTags = 50;
const defaultPageSize = 50;
const resourceType = 'auto-scaling-group';

/** Tags as a group keeps them. @throws AwsError ValidationError for `aws:` keys, foreign resource ids, too many. */
export function checkedTags(groupName: string, tags: Validated<Tag>[], existing: GroupTag[] = []): GroupTag[] {
  for (const tag of tags) {
    if (tag.Key.startsWith('aws:')) throw validationError(`Tag key '${tag.Key}' uses the reserved prefix aws:`);
    if (tag.ResourceId !== undefined && tag.ResourceId !== groupName) {
      throw validationError(`The tag ${tag.Key} names the resource '${tag.ResourceId}' instead of '${groupName}'`);
    }
  }
  const given = tags.map((tag) => ({
    Key: tag.Key,
    Value: tag.Value ?? '',
    PropagateAtLaunch: tag.PropagateAtLaunch ?? false,
  }));
  const merged = mergeTags(existing, given);
  if (merged.length > maxTags) throw validationError(`A group can have at most ${maxTags} tags`);
  return merged;
}

export function createOrUpdateTags(cloud: Cloud, input: Validated<CreateOrUpdateTagsType>): object {
  const changes = input.Tags.map((tag) => ({ tag, group: findGroup(cloud.state, tag.ResourceId ?? '') }));
  for (const { tag, group } of changes) group.tags = checkedTags(group.name, [tag], group.tags);
  return {};
}

export function deleteTags(cloud: Cloud, input: Validated<DeleteTagsType>): object {
  const changes = input.Tags.map((tag) => ({ tag, group: findGroup(cloud.state, tag.ResourceId ?? '') }));
  for (const { tag, group } of changes) group.tags = group.tags.filter((existing) => existing.Key !== tag.Key);
  return {};
}

export function describeTags(state: CloudState, input: Validated<DescribeTagsType>): TagsType {
  const rows = [...state.groups.values()].flatMap(describedTags);
  const matching = rows.filter((row) =>
    (input.Filters ?? []).every((filter) => (filter.Values ?? []).includes(tagFilterValue(row, filter.Name))),
  );
  const page = pageOf(matching, input.NextToken, input.MaxRecords ?? defaultPageSize);
  return { Tags: page.items, NextToken: page.nextToken };
}

export function describedTags(group: GroupState): TagDescription[] {
  return group.tags.map((tag) => ({ ResourceId: group.name, ResourceType: resourceType, ...tag }));
}

function tagFilterValue(row: TagDescription, filterName: string | undefined): string {
  if (filterName === 'auto-scaling-group') return row.ResourceId ?? '';
  if (filterName === 'key') return row.Key ?? '';
  if (filterName === 'value') return row.Value ?? '';
  if (filterName === 'propagate-at-launch') return String(row.PropagateAtLaunch);
  throw validationError(`Filter type ${filterName} is not correct`);
}
