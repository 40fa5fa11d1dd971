import type { Action, ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { CloudState } from '../state/cloud-state';
import { balancersOfTargetGroup, findTargetGroup } from './find';

const maxTargetGroupsPerForward = 5;
const maxWeight = 999;
const routingTypes = ['forward', 'redirect', 'fixed-response'];

type GivenAction = Validated<Action>;

/**
 * Checks an action list as AWS does and brings it into the form in which Describe answers it: weights written out, and
 * `TargetGroupArn` besides `ForwardConfig` exactly when there is one target group.
 * @throws AwsError ValidationError, TargetGroupNotFound, TooManyTargetGroups, TargetGroupAssociationLimit,
 *   InvalidConfigurationRequest
 */
export function normalizeActions(state: CloudState, actions: GivenAction[], loadBalancerArn: string): Action[] {
  const ordered = [...actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
  const last = ordered.at(-1);
  const routing = ordered.filter((action) => routingTypes.includes(action.Type));
  if (!last || routing.length !== 1 || routing[0] !== last) {
    const message =
      'An action list must have exactly one forward, redirect or fixed-response action, and it must be last';
    throw new AwsError('InvalidLoadBalancerAction', message);
  }
  return ordered.map((action, index) => ({
    ...normalizeAction(state, action, loadBalancerArn),
    ...(ordered.length > 1 || action.Order !== undefined ? { Order: action.Order ?? index + 1 } : {}),
  }));
}

function normalizeAction(state: CloudState, action: GivenAction, loadBalancerArn: string): Action {
  if (action.Type === 'forward') return normalizeForward(state, action, loadBalancerArn);
  if (action.Type === 'authenticate-oidc') return hideClientSecret(action);
  if (action.Type === 'fixed-response' && !action.FixedResponseConfig) throw missingConfig('FixedResponseConfig');
  if (action.Type === 'redirect' && !action.RedirectConfig) throw missingConfig('RedirectConfig');
  return action;
}

function normalizeForward(state: CloudState, action: GivenAction, loadBalancerArn: string): Action {
  const entries = forwardEntries(action).map((entry) => ({
    TargetGroupArn: entry.TargetGroupArn ?? '',
    Weight: entry.Weight ?? 1,
  }));
  if (entries.length > maxTargetGroupsPerForward) {
    const message = `A forward action can have at most ${maxTargetGroupsPerForward} target groups`;
    throw new AwsError('TooManyTargetGroups', message);
  }
  if (new Set(entries.map((entry) => entry.TargetGroupArn)).size < entries.length) {
    throw new AwsError('ValidationError', 'A forward action can name a target group only once');
  }
  for (const entry of entries) {
    checkWeight(entry.Weight);
    checkAssociation(state, entry.TargetGroupArn, loadBalancerArn);
  }
  const stickiness = normalizeStickiness(action.ForwardConfig?.TargetGroupStickinessConfig);
  if (entries.length > 1 && !stickiness.Enabled) refuseStickyTargets(state, entries);
  const [first] = entries;
  return {
    Type: 'forward',
    ...(first && entries.length === 1 ? { TargetGroupArn: first.TargetGroupArn } : {}),
    ForwardConfig: { TargetGroups: entries, TargetGroupStickinessConfig: stickiness },
  };
}

function forwardEntries(action: GivenAction): NonNullable<ForwardActionConfig['TargetGroups']> {
  const configured = action.ForwardConfig?.TargetGroups ?? [];
  const arn = action.TargetGroupArn;
  if (arn === undefined) {
    if (configured.length === 0) throw missingConfig('TargetGroupArn');
    return configured;
  }
  if (configured.length === 0) return [{ TargetGroupArn: arn }];
  if (configured.length === 1 && configured[0]?.TargetGroupArn === arn) return configured;
  const message =
    'You can specify both TargetGroupArn and ForwardConfig only if ForwardConfig has one target group, and it is the same';
  throw new AwsError('ValidationError', message);
}

type Stickiness = NonNullable<ForwardActionConfig['TargetGroupStickinessConfig']>;

function normalizeStickiness(given: Stickiness | undefined): Stickiness {
  if (!given?.Enabled) return { Enabled: false };
  const seconds = given.DurationSeconds ?? 0;
  if (seconds >= 1 && seconds <= 604_800) return { Enabled: true, DurationSeconds: seconds };
  const message = 'Target group stickiness duration must be between 1 and 604800 seconds';
  throw new AwsError('ValidationError', message);
}

function checkWeight(weight: number): void {
  if (Number.isInteger(weight) && weight >= 0 && weight <= maxWeight) return;
  throw new AwsError('ValidationError', `Weight '${weight}' must be between 0 and ${maxWeight}`);
}

/** A target group belongs to one balancer at a time. */
function checkAssociation(state: CloudState, targetGroupArn: string, loadBalancerArn: string): void {
  findTargetGroup(state, targetGroupArn);
  if (balancersOfTargetGroup(state, targetGroupArn).every((arn) => arn === loadBalancerArn)) return;
  const message = `The following target groups cannot be associated with more than one load balancer: ${targetGroupArn}`;
  throw new AwsError('TargetGroupAssociationLimit', message);
}

/** AWS wants stickiness of the rule wherever a target group of several has stickiness of its own. */
function refuseStickyTargets(state: CloudState, entries: { TargetGroupArn: string }[]): void {
  for (const { TargetGroupArn: arn } of entries) {
    if (state.targetGroups.get(arn)?.attributes['stickiness.enabled'] !== 'true') continue;
    const message = `You must enable group stickiness on this rule if you enable target stickiness on one of its target groups: ${arn}`;
    throw new AwsError('InvalidConfigurationRequest', message);
  }
}

/** The secret is never answered, so a list that is written back must say UseExistingClientSecret. */
function hideClientSecret(action: GivenAction): Action {
  const config = action.AuthenticateOidcConfig;
  if (!config) throw missingConfig('AuthenticateOidcConfig');
  const { ClientSecret: secret, UseExistingClientSecret: useExisting, ...shown } = config;
  if (secret === undefined && useExisting !== true) {
    throw new AwsError('ValidationError', 'ClientSecret must be given unless UseExistingClientSecret is true');
  }
  return { ...action, AuthenticateOidcConfig: shown };
}

function missingConfig(member: string): AwsError {
  return new AwsError('ValidationError', `An action must specify ${member}`);
}
