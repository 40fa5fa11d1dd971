import { isDeepStrictEqual } from 'node:util';
import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { TargetGroupState } from '../state/balancer-state';
import { hexId, type Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { pageOf } from '../state/paging';
import { tagPairs } from '../state/tags';
import { balancersOfTargetGroup, findLoadBalancer, findTargetGroup } from './find';
import { checkResourceName } from './names';
import { defaultAttributes } from './target-group-attributes';
import { modifiedSettings, publishTargetGroup, settingsFromInput } from './target-group-settings';

const defaultPageSize = 400;

/** Repeating it with equal settings answers the existing group. */
export function createTargetGroup(cloud: Cloud, input: Validated<CreateTargetGroupInput>): CreateTargetGroupOutput {
  checkResourceName('Target group', input.Name);
  const described = settingsFromInput(input);
  const existing = [...cloud.state.targetGroups.values()].find((group) => group.name === input.Name);
  if (existing) {
    if (isDeepStrictEqual(existing.described, described)) return answer(cloud, existing);
    const message = `A target group with the same name '${input.Name}' exists, but with different settings`;
    throw new AwsError('DuplicateTargetGroupName', message);
  }
  const dimension = `targetgroup/${input.Name}/${hexId(16)}`;
  const group: TargetGroupState = {
    arn: cloud.arn('elasticloadbalancing', dimension),
    name: input.Name,
    dimension,
    described,
    attributes: defaultAttributes(),
    tags: tagPairs(input.Tags),
  };
  cloud.state.targetGroups.set(group.arn, group);
  publishTargetGroup(cloud, group);
  return answer(cloud, group);
}

export function modifyTargetGroup(cloud: Cloud, input: Validated<ModifyTargetGroupInput>): ModifyTargetGroupOutput {
  const group = findTargetGroup(cloud.state, input.TargetGroupArn);
  group.described = modifiedSettings(group.described, input);
  publishTargetGroup(cloud, group);
  return answer(cloud, group);
}

/** Deleting one that does not exist succeeds, as on AWS; one that a rule names is in use. */
export function deleteTargetGroup(cloud: Cloud, input: Validated<DeleteTargetGroupInput>): object {
  const arn = input.TargetGroupArn;
  if (balancersOfTargetGroup(cloud.state, arn).length > 0) {
    throw new AwsError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
  }
  if (cloud.state.targetGroups.delete(arn)) cloud.dataPlane.removeTargetGroup(arn);
  return {};
}

export function describeTargetGroups(
  state: CloudState,
  input: Validated<DescribeTargetGroupsInput>,
): DescribeTargetGroupsOutput {
  const groups = chosenGroups(state, input);
  const page = pageOf(groups, input.Marker, input.PageSize ?? defaultPageSize, 'ValidationError');
  return { TargetGroups: page.items.map((group) => describeTargetGroup(state, group)), NextMarker: page.nextToken };
}

function chosenGroups(state: CloudState, input: Validated<DescribeTargetGroupsInput>): TargetGroupState[] {
  const { TargetGroupArns: arns, Names: names, LoadBalancerArn: balancerArn } = input;
  if (arns?.length) return arns.map((arn) => findTargetGroup(state, arn));
  const all = [...state.targetGroups.values()];
  if (names?.length) return names.map((name) => namedGroup(all, name));
  if (balancerArn === undefined) return all;
  findLoadBalancer(state, balancerArn);
  return all.filter((group) => balancersOfTargetGroup(state, group.arn).includes(balancerArn));
}

function namedGroup(groups: TargetGroupState[], name: string): TargetGroupState {
  const found = groups.find((group) => group.name === name);
  if (found) return found;
  throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
}

function answer(cloud: Cloud, group: TargetGroupState): { TargetGroups: TargetGroup[] } {
  return { TargetGroups: [describeTargetGroup(cloud.state, group)] };
}

function describeTargetGroup(state: CloudState, group: TargetGroupState): TargetGroup {
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    ...group.described,
    LoadBalancerArns: balancersOfTargetGroup(state, group.arn),
  };
}
