import { AwsError } from '../aws-error';
import type { ListenerState, LoadBalancerState, RuleState, TargetGroupState } from '../state/balancer-state';
import type { CloudState } from '../state/cloud-state';

/** @throws AwsError TargetGroupNotFound */
export function findTargetGroup(state: CloudState, arn: string): TargetGroupState {
  const found = state.targetGroups.get(arn);
  if (found) return found;
  throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`);
}

/** @throws AwsError LoadBalancerNotFound */
export function findLoadBalancer(state: CloudState, arn: string): LoadBalancerState {
  const found = state.loadBalancers.get(arn);
  if (found) return found;
  throw new AwsError('LoadBalancerNotFound', `Load balancer '${arn}' not found`);
}

/** @throws AwsError ListenerNotFound */
export function findListener(state: CloudState, arn: string): ListenerState {
  const found = state.listeners.get(arn);
  if (found) return found;
  throw new AwsError('ListenerNotFound', `One or more listeners not found: '${arn}'`);
}

/** @throws AwsError RuleNotFound */
export function findRule(state: CloudState, arn: string): RuleState {
  const found = state.rules.get(arn);
  if (found) return found;
  throw new AwsError('RuleNotFound', `One or more rules not found: '${arn}'`);
}

export function rulesOfListener(state: CloudState, listenerArn: string): RuleState[] {
  const rank = (rule: RuleState): number => (rule.priority === 'default' ? Infinity : rule.priority);
  return [...state.rules.values()].filter((rule) => rule.listenerArn === listenerArn).sort((a, b) => rank(a) - rank(b));
}

/** Target groups that an action list forwards to. */
export function forwardedTo(actions: RuleState['actions']): string[] {
  return actions.flatMap((action) =>
    (action.ForwardConfig?.TargetGroups ?? []).flatMap((entry) => entry.TargetGroupArn ?? []),
  );
}

/** Balancers with a rule that names the target group, at whatever weight. */
export function balancersOfTargetGroup(state: CloudState, targetGroupArn: string): string[] {
  const arns = [...state.rules.values()]
    .filter((rule) => forwardedTo(rule.actions).includes(targetGroupArn))
    .flatMap((rule) => state.listeners.get(rule.listenerArn)?.loadBalancerArn ?? []);
  return [...new Set(arns)];
}
