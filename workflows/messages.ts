/** Names and shapes of every message: shared by workflows and by those who talk to them. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { verbs, type ControlAnswer, type ControlRequest, type Verb } from '../domain/control';
import type { DeploymentProgress, DrainProgress, SubmitAnswer, SubmitInput, TurnNote } from '../domain/deployment';

export const workflowTypes = {
  service: 'service',
  deployment: 'deployment',
  drain: 'drain',
  lease: 'lease',
  recovery: 'recovery',
} as const;

/** Sent with update-with-start; the update's id is the idempotency key. */
export const submitUpdate = defineUpdate<SubmitAnswer, [SubmitInput]>('submit');

/** Verbs as signals, for those who hear no answer: whatever the payload is, the verb counts. */
export const controlSignals = byVerb((verb) => defineSignal<[ControlRequest?]>(verb));

/** The same verbs as updates, answered with the ruling and the state after it; sent by hand, without a payload too. */
export const controlUpdates = byVerb((verb) => defineUpdate<ControlAnswer, [ControlRequest]>(verb));

/** From the service's workflow to a queued deployment: what it waits for now. Without a payload: it begins. */
export const turnSignal = defineSignal<[TurnNote?]>('turn');

/** From a deployment to its service's workflow: it has ended, the next one may begin. */
export const endedSignal = defineSignal<[{ deploymentId: string }?]>('ended');

/** To a lease, from its owner or from one who found that the owner has ended. */
export const releaseSignal = defineSignal<[{ owner: string }?]>('release');

/** From a deployment to the drain whose new fleet is its old one: the kept generation is no longer what old was. */
export const supersededSignal = defineSignal<[{ by: string }?]>('superseded');

export const progressQuery = defineQuery<DeploymentProgress>('progress');
export const drainProgressQuery = defineQuery<DrainProgress>('progress');

const servicePrefix = 'service:';

export function recoveryWorkflowId(serviceKey: string): string {
  return `recovery:${serviceKey}`;
}

export function serviceWorkflowId(serviceKey: string): string {
  return `${servicePrefix}${serviceKey}`;
}

export function serviceKeyOf(serviceWorkflowId: string): string {
  return serviceWorkflowId.slice(servicePrefix.length);
}

function byVerb<Definition>(define: (verb: Verb) => Definition): Record<Verb, Definition> {
  return Object.fromEntries(verbs.map((verb) => [verb, define(verb)])) as Record<Verb, Definition>;
}
