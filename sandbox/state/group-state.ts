import type {
  Activity,
  CreateAutoScalingGroupType,
  LifecycleHook,
  NotificationConfiguration,
  ScalingPolicy,
  ScheduledUpdateGroupAction,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { TagPair } from './cloud-state';

/** What both Create accepts and Describe answers is kept as it came, so that a clone can lose nothing. */
export type GroupSettings = Omit<
  CreateAutoScalingGroupType,
  | 'AutoScalingGroupName'
  | 'MinSize'
  | 'MaxSize'
  | 'DesiredCapacity'
  | 'TargetGroupARNs'
  | 'TrafficSources'
  | 'Tags'
  | 'InstanceId'
  | 'LifecycleHookSpecificationList'
  | 'SkipZonalShiftValidation'
>;

export interface GroupTag extends TagPair {
  PropagateAtLaunch: boolean;
}

/** Described, but without any effect in the sandbox. */
export interface InertParts {
  lifecycleHooks: LifecycleHook[];
  scalingPolicies: ScalingPolicy[];
  scheduledActions: ScheduledUpdateGroupAction[];
  notificationConfigurations: NotificationConfiguration[];
  warmPool?: WarmPoolConfiguration;
}

export interface GroupState {
  name: string;
  arn: string;
  createdAt: Date;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  targetGroupArns: string[];
  /** Those of `targetGroupArns` that were attached after creation: they count as InService only once one is healthy. */
  attachedLater: string[];
  /** Detached ones whose targets are still draining. */
  detaching: string[];
  tags: GroupTag[];
  settings: GroupSettings;
  inert: InertParts;
  /** `Delete in progress` once deletion was asked for. */
  status?: string;
  /** How many launches failed in a row, and until when the next one waits. */
  failedLaunches: number;
  noLaunchBeforeMs: number;
}

export interface ActivityState extends Activity {
  ActivityId: string;
  AutoScalingGroupName: string;
}
