import type {
  CreateRuleInput,
  CreateRuleOutput,
  DeleteRuleInput,
  DescribeRulesInput,
  DescribeRulesOutput,
  ModifyRuleInput,
  ModifyRuleOutput,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { ListenerState, RuleState } from '../state/balancer-state';
import { hexId, type Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { pageOf } from '../state/paging';
import { tagPairs } from '../state/tags';
import { normalizeActions } from './actions';
import { normalizeConditions } from './conditions';
import { findListener, findRule, rulesOfListener } from './find';
import { publishListener } from './routing';

const maxPriority = 50_000;
const defaultPageSize = 400;

export function createRule(cloud: Cloud, input: Validated<CreateRuleInput>): CreateRuleOutput {
  const listener = findListener(cloud.state, input.ListenerArn);
  checkPriority(cloud.state, listener, input.Priority);
  const rule: RuleState = {
    arn: newRuleArn(listener.arn),
    listenerArn: listener.arn,
    priority: input.Priority,
    conditions: normalizeConditions(input.Conditions),
    actions: normalizeActions(cloud.state, input.Actions, listener.loadBalancerArn),
    tags: tagPairs(input.Tags),
  };
  cloud.state.rules.set(rule.arn, rule);
  publishListener(cloud, listener);
  return { Rules: [describeRule(rule)] };
}

/** What is given replaces the whole list; what is not given stays. The default rule belongs to ModifyListener. */
export function modifyRule(cloud: Cloud, input: Validated<ModifyRuleInput>): ModifyRuleOutput {
  const rule = findRule(cloud.state, input.RuleArn);
  if (rule.priority === 'default') throw notForDefaultRule(rule, 'modified');
  const listener = findListener(cloud.state, rule.listenerArn);
  const conditions = input.Conditions?.length ? normalizeConditions(input.Conditions) : rule.conditions;
  const actions = input.Actions?.length
    ? normalizeActions(cloud.state, input.Actions, listener.loadBalancerArn)
    : rule.actions;
  Object.assign(rule, { conditions, actions });
  publishListener(cloud, listener);
  return { Rules: [describeRule(rule)] };
}

export function deleteRule(cloud: Cloud, input: Validated<DeleteRuleInput>): object {
  const rule = findRule(cloud.state, input.RuleArn);
  if (rule.priority === 'default') throw notForDefaultRule(rule, 'deleted');
  cloud.state.rules.delete(rule.arn);
  publishListener(cloud, findListener(cloud.state, rule.listenerArn));
  return {};
}

export function describeRules(state: CloudState, input: Validated<DescribeRulesInput>): DescribeRulesOutput {
  const rules = chosenRules(state, input);
  const page = pageOf(rules, input.Marker, input.PageSize ?? defaultPageSize, 'ValidationError');
  return { Rules: page.items.map(describeRule), NextMarker: page.nextToken };
}

export function newRuleArn(listenerArn: string): string {
  return `${listenerArn.replace(':listener/', ':listener-rule/')}/${hexId(16)}`;
}

function chosenRules(state: CloudState, input: Validated<DescribeRulesInput>): RuleState[] {
  if (input.RuleArns?.length) return input.RuleArns.map((arn) => findRule(state, arn));
  if (input.ListenerArn === undefined) {
    throw new AwsError('ValidationError', 'A listener ARN or rule ARNs must be specified');
  }
  return rulesOfListener(state, findListener(state, input.ListenerArn).arn);
}

function describeRule(rule: RuleState): Rule {
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    Conditions: rule.conditions,
    Actions: rule.actions,
    IsDefault: rule.priority === 'default',
  };
}

function checkPriority(state: CloudState, listener: ListenerState, priority: number): void {
  if (!Number.isInteger(priority) || priority < 1 || priority > maxPriority) {
    throw new AwsError('ValidationError', `Priority must be between 1 and ${maxPriority}`);
  }
  if (rulesOfListener(state, listener.arn).some((rule) => rule.priority === priority)) {
    throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
  }
}

function notForDefaultRule(rule: RuleState, verb: string): AwsError {
  return new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be ${verb}`);
}
