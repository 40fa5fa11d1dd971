import type { GroupState, ActivityState } from './group-state';
import type { ListenerState, LoadBalancerState, RuleState, TargetGroupState } from './balancer-state';
import type { ImageState, InstanceState, TemplateState } from './compute-state';

/**
 * Everything that AWS would remember, as plain data: a stale read is answered from a `structuredClone` taken earlier.
 * What really runs (processes, target health, metrics) is the data plane's and not in here.
 */
export interface CloudState {
  images: Map<string, ImageState>;
  /** By template id. */
  templates: Map<string, TemplateState>;
  /** By instance id; terminated ones stay, as they do for a while on EC2. */
  instances: Map<string, InstanceState>;
  /** By group name: the instances that the group still counts as its own, oldest first. */
  members: Map<string, Set<InstanceState>>;
  /** By ARN, like all balancer resources. */
  targetGroups: Map<string, TargetGroupState>;
  loadBalancers: Map<string, LoadBalancerState>;
  listeners: Map<string, ListenerState>;
  /** Default rules too. */
  rules: Map<string, RuleState>;
  /** By group name. */
  groups: Map<string, GroupState>;
  /** By id, oldest first. */
  activities: Map<string, ActivityState>;
  /** Client tokens that were honoured, with what they asked for and got. */
  clientTokens: Map<string, { request: string; response: unknown }>;
}

export function emptyState(): CloudState {
  return {
    images: new Map(),
    templates: new Map(),
    instances: new Map(),
    members: new Map(),
    targetGroups: new Map(),
    loadBalancers: new Map(),
    listeners: new Map(),
    rules: new Map(),
    groups: new Map(),
    activities: new Map(),
    clientTokens: new Map(),
  };
}

export interface TagPair {
  Key: string;
  Value: string;
}
