import type { RequestLaunchTemplateData, Tag } from '@aws-sdk/client-ec2';
import type { ImageProgram } from '../data-plane/types';

export interface ImageState {
  id: string;
  program: ImageProgram;
  /** `available` for one that can be launched. */
  state: string;
  architecture: string;
}

export interface TemplateVersionState {
  number: number;
  description?: string;
  data: RequestLaunchTemplateData;
  createdAt: Date;
}

export interface TemplateState {
  id: string;
  name: string;
  defaultVersion: number;
  versions: TemplateVersionState[];
  tags: Tag[];
  createdAt: Date;
}

export interface PinnedTemplate {
  LaunchTemplateId: string;
  LaunchTemplateName: string;
  Version: string;
}

/** States of Auto Scaling that the sandbox goes through; `Terminated` ones have left their group. */
export type LifecycleState = 'Pending' | 'InService' | 'Terminating' | 'Terminated';

export interface InstanceState {
  id: string;
  groupName: string;
  imageId: string;
  instanceType: string;
  availabilityZone: string;
  address: string;
  port: number;
  launchTemplate: PinnedTemplate;
  tags: Tag[];
  lifecycle: LifecycleState;
  health: 'Healthy' | 'Unhealthy';
  protectedFromScaleIn: boolean;
  launchedAt: Date;
  /** Set when it becomes InService; the health check grace period counts from here. */
  inServiceAtMs?: number;
  /** False once its process has ended. */
  running: boolean;
  /** The activity that is launching or terminating it. */
  activityId: string;
}
