import type {
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { pageOf } from '../state/paging';
import type { TemplateState, TemplateVersionState } from '../state/compute-state';
import { matchesFilters, tagFacts } from './filters';
import { findTemplate, findVersion } from './find-template';
import { describeTemplate, describeVersion } from './templates';

const defaultPageSize = 200;

/** Unlike Auto Scaling's, EC2's Describe calls fail when a named template is missing. */
export function describeLaunchTemplates(
  cloud: Cloud,
  state: CloudState,
  input: Validated<DescribeLaunchTemplatesRequest>,
): DescribeLaunchTemplatesResult {
  const matching = namedTemplates(state, input).filter((template) =>
    matchesFilters(
      {
        'launch-template-name': template.name,
        'create-time': template.createdAt.toISOString(),
        ...tagFacts(template.tags),
      },
      input.Filters,
    ),
  );
  const page = pageOf(matching, input.NextToken, input.MaxResults ?? defaultPageSize);
  return {
    LaunchTemplates: page.items.map((template) => describeTemplate(template, cloud)),
    NextToken: page.nextToken,
  };
}

export function describeLaunchTemplateVersions(
  cloud: Cloud,
  state: CloudState,
  input: Validated<DescribeLaunchTemplateVersionsRequest>,
): DescribeLaunchTemplateVersionsResult {
  const found = chosenVersions(state, input);
  const page = pageOf(found, input.NextToken, input.MaxResults ?? defaultPageSize);
  return {
    LaunchTemplateVersions: page.items.map(([template, version]) => describeVersion(template, version, cloud)),
    NextToken: page.nextToken,
  };
}

function namedTemplates(state: CloudState, input: Validated<DescribeLaunchTemplatesRequest>): TemplateState[] {
  const { LaunchTemplateIds: ids, LaunchTemplateNames: names } = input;
  if (ids?.length) return ids.map((id) => findTemplate(state, { LaunchTemplateId: id }));
  if (names?.length) return names.map((name) => findTemplate(state, { LaunchTemplateName: name }));
  return [...state.templates.values()];
}

function chosenVersions(
  state: CloudState,
  input: Validated<DescribeLaunchTemplateVersionsRequest>,
): [TemplateState, TemplateVersionState][] {
  if (input.LaunchTemplateId === undefined && input.LaunchTemplateName === undefined) {
    return versionsOfAllTemplates(state, input.Versions);
  }
  const template = findTemplate(state, input);
  if (input.Versions?.length) {
    return input.Versions.map((version) => [template, findVersion(template, version)]);
  }
  const min = Number(input.MinVersion ?? 0);
  const max = Number(input.MaxVersion ?? Infinity);
  return template.versions
    .filter((version) => version.number >= min && version.number <= max)
    .reverse()
    .map((version) => [template, version]);
}

function versionsOfAllTemplates(
  state: CloudState,
  versions: string[] | undefined,
): [TemplateState, TemplateVersionState][] {
  if (!versions?.length || versions.some((version) => version !== '$Latest' && version !== '$Default')) {
    throw new AwsError('MissingParameter', 'Without a launch template, Versions must be $Latest, $Default or both.');
  }
  return [...state.templates.values()].flatMap((template) =>
    versions.map((version): [TemplateState, TemplateVersionState] => [template, findVersion(template, version)]),
  );
}
