import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerSettings, RouteAction, RuleSettings } from '../data-plane/types';
import type { ListenerState, RuleState } from '../state/balancer-state';
import type { Cloud } from '../state/cloud';
import { findLoadBalancer, rulesOfListener } from './find';

/** After every explicit priority, which ends at 50000. */
const defaultPriority = 1_000_000;

/** Tells the data plane about the present rules of a listener; it applies them after its propagation lag. */
export function publishListener(cloud: Cloud, listener: ListenerState): void {
  cloud.dataPlane.putListener(listenerSettings(cloud, listener));
}

export function listenerSettings(cloud: Cloud, listener: ListenerState): ListenerSettings {
  return {
    arn: listener.arn,
    loadBalancerDimension: findLoadBalancer(cloud.state, listener.loadBalancerArn).dimension,
    rules: rulesOfListener(cloud.state, listener.arn).map(ruleSettings),
  };
}

function ruleSettings(rule: RuleState): RuleSettings {
  return {
    priority: rule.priority === 'default' ? defaultPriority : rule.priority,
    conditions: rule.conditions.map((condition) => ({
      field: condition.Field === 'host-header' ? 'host-header' : 'path-pattern',
      values: conditionValues(condition),
    })),
    action: routeAction(rule.actions.at(-1)),
  };
}

export function conditionValues(condition: RuleCondition): string[] {
  return condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values ?? condition.Values ?? [];
}

function routeAction(action: Action | undefined): RouteAction {
  if (action?.Type === 'forward') {
    const targetGroups = (action.ForwardConfig?.TargetGroups ?? []).map((entry) => ({
      targetGroupArn: entry.TargetGroupArn ?? '',
      weight: entry.Weight ?? 1,
    }));
    return { kind: 'forward', targetGroups };
  }
  const fixed = action?.FixedResponseConfig;
  const redirectStatus = action?.RedirectConfig?.StatusCode?.replace('HTTP_', '');
  return {
    kind: 'fixed-response',
    statusCode: Number(fixed?.StatusCode ?? redirectStatus ?? '503'),
    contentType: fixed?.ContentType ?? 'text/plain',
    body: fixed?.MessageBody ?? '',
  };
}
