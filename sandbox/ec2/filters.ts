import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';

/** What a resource offers to filters: `instance-id`, `tag:service`, …; several values where it has several. */
export type FilterFacts = Record<string, string | string[] | undefined>;

/**
 * All filters must match, one value each; `*` and `?` are wildcards.
 * @throws AwsError InvalidParameterValue for a filter that `facts` does not know.
 */
export function matchesFilters(facts: FilterFacts, filters: readonly Filter[] | undefined): boolean {
  return (filters ?? []).every((filter) => {
    const name = filter.Name ?? '';
    if (!(name in facts) && !name.startsWith('tag:')) {
      throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
    }
    const offered = [facts[name] ?? []].flat();
    return (filter.Values ?? []).some((wanted) => offered.some((value) => matches(value, wanted)));
  });
}

export function tagFacts(tags: readonly { Key?: string | undefined; Value?: string | undefined }[]): FilterFacts {
  const facts: FilterFacts = { 'tag-key': tags.map((tag) => tag.Key ?? '') };
  for (const tag of tags) facts[`tag:${tag.Key ?? ''}`] = tag.Value ?? '';
  return facts;
}

/** Most have no wildcard, and thousands of instances are asked. */
function matches(value: string, wanted: string): boolean {
  return /[*?]/.test(wanted) ? wildcard(wanted).test(value) : value === wanted;
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`, 's');
}
