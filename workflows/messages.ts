/** Names and shapes of every message: shared by workflows and by those who talk to them. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DeploymentProgress, DrainProgress, RequestNote, SubmitAnswer, SubmitInput } from '../domain/deployment';

export const workflowTypes = { service: 'service', deployment: 'deployment', drain: 'drain' } as const;

/** Sent with update-with-start; the update's id is the idempotency key. */
export const submitUpdate = defineUpdate<SubmitAnswer, [SubmitInput]>('submit');

/** Operator verbs; the payload only annotates, so that one that cannot be read still counts. */
export const pauseSignal = defineSignal<[RequestNote?]>('pause');
export const resumeSignal = defineSignal<[RequestNote?]>('resume');
export const abortSignal = defineSignal<[RequestNote?]>('abort');

export const progressQuery = defineQuery<DeploymentProgress>('progress');
export const drainProgressQuery = defineQuery<DrainProgress>('progress');

export function serviceWorkflowId(serviceKey: string): string {
  return `service:${serviceKey}`;
}
