import type { Action, RuleCondition, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TagPair } from './cloud-state';

export interface TargetGroupState {
  arn: string;
  name: string;
  /** CloudWatch dimension `targetgroup/<name>/<id>`. */
  dimension: string;
  /** As Describe answers it, without the balancers, which follow from the rules. */
  described: Omit<TargetGroup, 'LoadBalancerArns' | 'TargetGroupArn' | 'TargetGroupName'>;
  attributes: Record<string, string>;
  tags: TagPair[];
}

export interface LoadBalancerState {
  arn: string;
  name: string;
  /** CloudWatch dimension `app/<name>/<id>`. */
  dimension: string;
  scheme: string;
  subnets: string[];
  securityGroups: string[];
  createdAt: Date;
  tags: TagPair[];
}

export interface ListenerState {
  arn: string;
  loadBalancerArn: string;
  /** The loopback port that is really open. */
  port: number;
  protocol: string;
  defaultRuleArn: string;
  tags: TagPair[];
}

export interface RuleState {
  arn: string;
  listenerArn: string;
  /** `default` or the number that was given. */
  priority: number | 'default';
  conditions: RuleCondition[];
  actions: Action[];
  tags: TagPair[];
}
