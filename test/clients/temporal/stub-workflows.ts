/**
 * The workflows that the client layer talks to, reduced to what it can see; verbs are heard as the real ones hear them.
 * An image id steers a deployment: `ami-succeed` ends at once, `ami-fail` fails without a result, all others wait, while
 * a watcher reports, for an abort, a rollback, or a promote, after which a drain has the old fleet. What ran before
 * `ami-first` is not known. A drain that is paused for the reason `contested` rules on a rollback when it goes on, and
 * refuses it then.
 */
import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  setHandler,
  startChild,
  uuid4,
} from '@temporalio/workflow';
import {
  type DeploymentInput,
  deploymentIdOf,
  type DeploymentProgress,
  type DeploymentResult,
  drainIdOf,
  type DrainProgress,
  type DrainResult,
  type SubmitAnswer,
  type SubmitInput,
} from '../../../domain/deployment';
import { type DrainRecord, undoneBy } from '../../../domain/late-rollback';
import { serviceKey } from '../../../domain/service-file';
import type { Verb } from '../../../domain/control';
import { listenToVerbs } from '../../../workflows/control';
import { drainProgressQuery, progressQuery, submitUpdate } from '../../../workflows/messages';
import { searchAttributes } from '../../../workflows/search-attributes';
import type { StubActivities } from './stub-worker';

const { watch } = proxyActivities<StubActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '1s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

export async function service(): Promise<void> {
  const taken = new Map<string, { image: string; deploymentId: string; number: number }>();
  let current: string | null = null;
  setHandler(
    submitUpdate,
    async (input): Promise<SubmitAnswer> => {
      const known = taken.get(input.idempotencyKey);
      if (known !== undefined) {
        return known.image === input.revision.imageId
          ? { kind: 'admitted', deploymentId: known.deploymentId, number: known.number, repeated: true, after: null }
          : { kind: 'refused', code: 'key-reused', message: `this key stands for ${known.deploymentId}` };
      }
      if (input.revision.imageId === 'ami-unanswered') await condition(() => false);
      if (current !== null) return { kind: 'refused', code: 'busy', message: `${current} is still running` };
      const uuid = uuid4();
      const deploymentId = deploymentIdOf(serviceKey(input.service), uuid);
      const number = taken.size + 1;
      current = deploymentId;
      taken.set(input.idempotencyKey, { image: input.revision.imageId, deploymentId, number });
      const child = await startChild(deployment, {
        workflowId: deploymentId,
        args: [{ ...input, uuid, number, submittedAtMs: Date.now(), after: null, warnings: [] }],
        parentClosePolicy: 'ABANDON',
        memo: { number },
        typedSearchAttributes: [
          { key: searchAttributes.revision, value: input.revision.imageId },
          { key: searchAttributes.requestedBy, value: input.requestedBy },
          { key: searchAttributes.phase, value: 'shift' },
        ],
      });
      const release = () => {
        current = null;
      };
      child.result().then(release, release);
      return { kind: 'admitted', deploymentId, number, repeated: false, after: null };
    },
    {
      validator: (input: SubmitInput) => {
        if (input.revision.imageId === 'ami-invalid') throw ApplicationFailure.nonRetryable('no such image', 'invalid');
      },
    },
  );
  await condition(() => false);
}

export async function deployment(input: DeploymentInput): Promise<DeploymentResult> {
  const progress = progressOf(input);
  const asked = { back: null as Verb | null, promote: false };
  setHandler(progressQuery, () => progress);
  listenToVerbs({
    progress,
    situation: () => ({
      phase: progress.phase,
      paused: progress.pause !== null,
      goingBack: asked.back !== null,
      decided: false,
      waiting: null,
    }),
    intend: (verb, request) => {
      if (verb === 'pause') progress.pause = { ...request, sinceMs: Date.now(), untilMs: Date.now() + 60_000 };
      if (verb === 'resume') progress.pause = null;
      if (verb === 'promote') asked.promote = true;
      if (verb === 'abort' || verb === 'rollback') asked.back = verb;
    },
    notice: (text) => progress.notices.push({ atMs: Date.now(), text }),
  });
  if (input.revision.imageId === 'ami-fail') throw ApplicationFailure.nonRetryable('broken on purpose');
  if (input.revision.imageId !== 'ami-succeed') {
    const watching = new CancellationScope();
    const watched = watching.run(watch).catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
    await condition(() => asked.back !== null || asked.promote);
    watching.cancel();
    await watched;
  }
  const outcome = asked.back === null ? 'succeeded' : asked.back === 'abort' ? 'aborted' : 'rolled-back';
  if (asked.promote) await startDrain(progress.deploymentId, input);
  progress.phase = 'decided';
  progress.result = resultOf(input, { outcome, drainId: asked.promote ? drainIdOf(progress.deploymentId) : null });
  return progress.result;
}

async function startDrain(deploymentId: string, { service, number, revision }: DeploymentInput): Promise<void> {
  const workflowId = drainIdOf(deploymentId);
  const typedSearchAttributes = [{ key: searchAttributes.phase, value: 'keep' }];
  const old = { imageId: revision.imageId === 'ami-first' ? '' : 'ami-0before' };
  const args: [DrainRecord] = [{ deploymentId, number, service, plan: { old } }];
  await startChild(drain, { workflowId, args, parentClosePolicy: 'ABANDON', typedSearchAttributes });
}

/** Keeps the old fleet until it is asked to go back or to let it go. */
export async function drain(input: DrainRecord): Promise<DrainResult> {
  const { deploymentId } = input;
  const asked = { ending: null as 'rolled-back' | 'scaled-to-zero' | null };
  const isContested = () => progress.pause?.reason === 'contested';
  const progress: DrainProgress = {
    ...{ drainId: drainIdOf(deploymentId), deploymentId, groupName: 'old' },
    ...{ phase: 'keep', phaseSinceMs: Date.now(), keepUntilMs: Date.now() + 60_000 },
    ...{ late: false, pause: null, requests: [], notices: [] },
  };
  setHandler(drainProgressQuery, () => progress);
  listenToVerbs({
    progress,
    situation: () => ({
      phase: progress.phase,
      paused: progress.pause !== null,
      goingBack: asked.ending === 'rolled-back',
      decided: true,
      waiting: null,
      previousImageId: undoneBy(input).previousImageId,
    }),
    intend: (verb, request) => {
      if (verb === 'pause') progress.pause = { ...request, sinceMs: Date.now(), untilMs: Date.now() + 60_000 };
      if (verb === 'resume') progress.pause = null;
      if (verb === 'promote') asked.ending = 'scaled-to-zero';
      if (verb === 'rollback' && !isContested()) asked.ending = 'rolled-back';
    },
    confirm: async (verb) => {
      if (verb !== 'rollback' || !isContested()) return null;
      await condition(() => !isContested());
      return { kind: 'refused', text: 'somebody else holds the route' };
    },
    notice: (text) => progress.notices.push({ atMs: Date.now(), text }),
  });
  await condition(() => asked.ending !== null);
  progress.phase = 'finished';
  return {
    ...{
      drainId: progress.drainId,
      groupName: 'old',
      ending: asked.ending ?? 'kept',
      reason: 'because the test said so',
    },
    ...{ trafficRestoredAtMs: null, repairs: [] },
  };
}

function progressOf(input: DeploymentInput): DeploymentProgress {
  const { service, environment, region } = input.service;
  return {
    deploymentId: deploymentIdOf(serviceKey(input.service), input.uuid),
    ...{ service, environment, region },
    ...{ number: input.number, revision: input.revision, requestedBy: input.requestedBy, reason: input.reason },
    ...{ phase: 'shift', phaseSinceMs: Date.now(), step: null, split: { newPercent: 10 } },
    oldFleet: { groupName: 'old', wanted: 3, healthy: 3 },
    newFleet: { groupName: 'new', wanted: 3, healthy: null },
    ...{
      judge: null,
      pause: null,
      hold: null,
      holds: [],
      gate: null,
      turn: null,
      requests: [],
      warnings: input.hotfix ? ['hotfix'] : [],
      notices: [],
      result: null,
    },
  };
}

function resultOf(
  input: DeploymentInput,
  { outcome, drainId }: Pick<DeploymentResult, 'outcome' | 'drainId'>,
): DeploymentResult {
  const key = serviceKey(input.service);
  return {
    deploymentId: deploymentIdOf(key, input.uuid),
    ...{ service: key, number: input.number, revision: input.revision, outcome, reason: 'because the test said so' },
    ...{ startedAtMs: input.submittedAtMs, endedAtMs: Date.now(), trafficRestoredAtMs: null, judge: null },
    ...{ oldGroup: 'old', newGroup: 'new', previousImageId: 'ami-0before', warnings: [], repairs: [], drainId },
  };
}
