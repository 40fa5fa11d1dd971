/** Bringing deployments to where they are live and stay so, and ending them all. */
import { awaitResult } from '../../clients/temporal/await-result';
import type { Temporal } from '../../clients/temporal/connection';
import { controlDeployment } from '../../clients/temporal/control-deployment';
import { readDeployment } from '../../clients/temporal/read-deployment';
import type { EndAnswer } from '../../clients/temporal/result-of';
import { submitDeployment } from '../../clients/temporal/submit-deployment';
import type { DrainResult } from '../../domain/deployment';
import { inParallel } from '../in-parallel';
import { waitUntil } from '../wait-until';
import type { Pace } from './pace';
import { images, serviceOf } from './services';

export interface LiveDeployment {
  service: string;
  deploymentId: string;
}

/** What a deployment is told when all have been measured. */
export type Wish = 'promote' | 'abort';

export interface EndedDeployment extends LiveDeployment {
  wish: Wish;
  ended: EndAnswer;
  /** Of the old fleet's drain, after a success. */
  drain: DrainResult | null;
  /** Of the deployment's workflow. */
  historyEvents: number;
}

const askedAtOnce = 16;
/** As many as begin and end together on two cores: with 250, writers missed their deadlines and made Temporal busier still. */
const onTheirWay = 80;
const admittedWithinMs = 10 * 60_000;
const liveWithinMs = 20 * 60_000;
/** For each deployment from its wish, and for each drain from when all deployments have ended. */
const endWithinMs = 20 * 60_000;

/**
 * Submits one deployment for each service, as the gateway does, and waits until each stands at its gate: traffic on both
 * fleets, judged, until somebody says how to go on.
 */
export async function bringToLife(temporal: Temporal, names: readonly string[], pace: Pace): Promise<LiveDeployment[]> {
  return inParallel(names, onTheirWay, async (service) => {
    const deploymentId = await submit(temporal, service, pace);
    const ending = await waitUntil(`${deploymentId} to stand at its gate`, () => gateOrEnding(temporal, deploymentId), {
      deadlineMs: liveWithinMs,
      everyMs: pace.pollSeconds * 1000,
      until: (state) => state !== 'on its way',
    });
    if (ending !== 'live') throw new Error(`${deploymentId} ended before it was live: ${ending}`);
    return { service, deploymentId };
  });
}

async function submit(temporal: Temporal, service: string, pace: Pace): Promise<string> {
  const submit = {
    service: serviceOf(service, pace),
    revision: { imageId: images.next },
    idempotencyKey: service,
    requestedBy: 'bench',
    reason: 'scale',
    commit: '',
    hotfix: false,
  };
  const answer = await waitUntil(
    `${service} to be admitted`,
    () => submitDeployment({ temporal, submit }),
    // With the same key an unknown answer is asked for again, not done again.
    { deadlineMs: admittedWithinMs, everyMs: 1_000, until: ({ kind }) => kind !== 'unknown' },
  );
  if (answer.kind === 'admitted') return answer.deploymentId;
  throw new Error(`${service} was not admitted: ${answer.message}`);
}

/** How many of them are still live. */
export async function countLive(temporal: Temporal, deployments: readonly LiveDeployment[]): Promise<number> {
  const states = await inParallel(deployments, askedAtOnce, ({ deploymentId }) => gateOrEnding(temporal, deploymentId));
  return states.filter((state) => state === 'live').length;
}

async function gateOrEnding(temporal: Temporal, deploymentId: string): Promise<string> {
  const read = await readDeployment({ temporal, deploymentId, answerWithinMs: 20_000 });
  if (read.kind === 'not-found') return 'it is unknown';
  const { progress, stopped } = read;
  if (progress.result) return `${progress.result.outcome}: ${progress.result.reason}`;
  return stopped ?? (progress.gate === null ? 'on its way' : 'live');
}

/** Every fifth is aborted, the others are promoted; answers when all of them, and all drains, have ended. */
export async function endAll(temporal: Temporal, deployments: readonly LiveDeployment[]): Promise<EndedDeployment[]> {
  const wished = deployments.map((one, index) => ({ ...one, wish: wishOf(index) }));
  const ended = await inParallel(wished, onTheirWay, (one) => endOne(temporal, one));
  // A drain mostly waits: it ends beside those that come after it.
  return inParallel(ended, askedAtOnce, async ({ drainId, ...one }) => ({
    ...one,
    drain: drainId === null ? null : await drainResult(temporal, drainId),
  }));
}

async function endOne(temporal: Temporal, one: LiveDeployment & { wish: Wish }) {
  const { deploymentId, wish } = one;
  const request = { by: 'bench', idempotencyKey: 'end' };
  const answer = await controlDeployment({ temporal, id: deploymentId, verb: wish, request });
  if (answer.kind !== 'taken' && answer.kind !== 'sent')
    throw new Error(`${deploymentId} could not be told to ${wish}: ${JSON.stringify(answer)}`);
  const ended = await awaitResult({ temporal, deploymentId, signal: AbortSignal.timeout(endWithinMs) });
  const { historyLength } = await temporal.client.workflow.getHandle(deploymentId).describe();
  const drainId = ended.kind === 'ended' ? ended.result.drainId : null;
  return { ...one, ended, historyEvents: historyLength, drainId };
}

function wishOf(index: number): Wish {
  return index % 5 === 4 ? 'abort' : 'promote';
}

async function drainResult(temporal: Temporal, drainId: string): Promise<DrainResult> {
  const { connection, workflow } = temporal.client;
  const signal = AbortSignal.timeout(endWithinMs);
  return connection.withAbortSignal(signal, () => workflow.getHandle(drainId).result()) as Promise<DrainResult>;
}
