import type {
  CreateListenerInput,
  CreateListenerOutput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener,
  ModifyListenerInput,
  ModifyListenerOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { ListenerState, RuleState } from '../state/balancer-state';
import { hexId, type Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { pageOf } from '../state/paging';
import { tagPairs } from '../state/tags';
import { normalizeActions } from './actions';
import { findListener, findLoadBalancer, findRule } from './find';
import { listenerSettings, publishListener } from './routing';
import { newRuleArn } from './rules';

const defaultPageSize = 100;

/** Opens the port for real; 0 is any free one, which Describe then shows. */
export async function createListener(
  cloud: Cloud,
  input: Validated<CreateListenerInput>,
): Promise<CreateListenerOutput> {
  const balancer = findLoadBalancer(cloud.state, input.LoadBalancerArn);
  const port = input.Port ?? 80;
  if (listenersOf(cloud.state, balancer.arn).some((listener) => listener.port === port)) {
    throw new AwsError('DuplicateListener', 'A listener already exists on this port for this load balancer');
  }
  const actions = normalizeActions(cloud.state, input.DefaultActions, balancer.arn);
  const arn = `${balancer.arn.replace(':loadbalancer/', ':listener/')}/${hexId(16)}`;
  const rule: RuleState = {
    arn: newRuleArn(arn),
    listenerArn: arn,
    priority: 'default',
    conditions: [],
    actions,
    tags: [],
  };
  const listener: ListenerState = {
    arn,
    loadBalancerArn: balancer.arn,
    port,
    protocol: input.Protocol ?? 'HTTP',
    defaultRuleArn: rule.arn,
    tags: tagPairs(input.Tags),
  };
  cloud.state.rules.set(rule.arn, rule);
  cloud.state.listeners.set(arn, listener);
  try {
    listener.port = await cloud.dataPlane.openListener(listenerSettings(cloud, listener), port);
  } catch (error) {
    cloud.state.rules.delete(rule.arn);
    cloud.state.listeners.delete(arn);
    const message = `The sandbox cannot open port ${port} on loopback for a listener of ${balancer.name}: ${String(error)}. Use another port, or 0 for any free one.`;
    throw new AwsError('InvalidConfigurationRequest', message);
  }
  return { Listeners: [describeListener(cloud.state, listener)] };
}

/** Changes the default rule. Port and protocol of a running listener cannot change in the sandbox. */
export function modifyListener(cloud: Cloud, input: Validated<ModifyListenerInput>): ModifyListenerOutput {
  const listener = findListener(cloud.state, input.ListenerArn);
  if (input.Port !== undefined && input.Port !== listener.port) {
    throw new AwsError('OperationNotPermitted', 'The sandbox cannot change the port of a listener');
  }
  if (input.DefaultActions?.length) {
    const rule = findRule(cloud.state, listener.defaultRuleArn);
    rule.actions = normalizeActions(cloud.state, input.DefaultActions, listener.loadBalancerArn);
    publishListener(cloud, listener);
  }
  return { Listeners: [describeListener(cloud.state, listener)] };
}

export function describeListeners(
  state: CloudState,
  input: Validated<DescribeListenersInput>,
): DescribeListenersOutput {
  const listeners = chosenListeners(state, input);
  const page = pageOf(listeners, input.Marker, input.PageSize ?? defaultPageSize, 'ValidationError');
  return { Listeners: page.items.map((item) => describeListener(state, item)), NextMarker: page.nextToken };
}

export function listenersOf(state: CloudState, loadBalancerArn: string): ListenerState[] {
  return [...state.listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancerArn);
}

function chosenListeners(state: CloudState, input: Validated<DescribeListenersInput>): ListenerState[] {
  if (input.ListenerArns?.length) return input.ListenerArns.map((arn) => findListener(state, arn));
  if (input.LoadBalancerArn === undefined) {
    throw new AwsError('ValidationError', 'A load balancer ARN or listener ARNs must be specified');
  }
  return listenersOf(state, findLoadBalancer(state, input.LoadBalancerArn).arn);
}

function describeListener(state: CloudState, listener: ListenerState): Listener {
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol as Listener['Protocol'],
    DefaultActions: findRule(state, listener.defaultRuleArn).actions,
  };
}
