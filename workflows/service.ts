/** One per service, for ever: admits one deployment at a time and remembers which request was which. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  ParentClosePolicy,
  setHandler,
  startChild,
  uuid4,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import {
  deploymentIdOf,
  requestDigest,
  submitInputProblem,
  type DeploymentInput,
  type SubmitAnswer,
  type SubmitInput,
} from '../domain/deployment';
import { serviceKey } from '../domain/service-file';
import { deployment } from './deployment';
import { serviceWorkflowId, submitUpdate } from './messages';
import { searchAttributes } from './search-attributes';

/** Carried over continue-as-new. */
export interface ServiceState {
  lastNumber: number;
  /** Newest last; an idempotency key is honoured for as long as it is in here. */
  requests: { key: string; digest: string; deploymentId: string; number: number }[];
}

const requestsKept = 200;
const endOnItsWayMs = 1_000;

export async function service(state: ServiceState = { lastNumber: 0, requests: [] }): Promise<void> {
  let current: string | null = null;

  const admit = async (input: SubmitInput): Promise<SubmitAnswer> => {
    const key = serviceKey(input.service);
    const uuid = uuid4();
    const deploymentId = deploymentIdOf(key, uuid);
    const number = state.lastNumber + 1;
    // All set before the first await: a second request must find the place taken.
    current = deploymentId;
    state.lastNumber = number;
    state.requests = [
      ...state.requests,
      { key: input.idempotencyKey, digest: requestDigest(input), deploymentId, number },
    ].slice(-requestsKept);
    const release = () => {
      current = null;
    };
    const child = await startDeployment(
      { ...input, uuid, number, submittedAtMs: Date.now(), queued: false },
      deploymentId,
    ).catch((error: unknown) => {
      release();
      throw error;
    });
    // However it ends, its place is free again; what it came to is its own result.
    child.result().then(release, release);
    return { kind: 'admitted', deploymentId, number, repeated: false, after: null };
  };

  setHandler(
    submitUpdate,
    async (input): Promise<SubmitAnswer> => {
      const known = state.requests.find((request) => request.key === input.idempotencyKey);
      if (known) return answerRepeated(known, input);
      // The last one may have just ended, and its end be on its way here.
      if (current !== null) await condition(() => current === null, endOnItsWayMs);
      if (current !== null) {
        return { kind: 'refused', code: 'busy', message: `${current} is still running; wait for it or abort it` };
      }
      return admit(input);
    },
    {
      validator: (input: SubmitInput) => {
        const problem = submitInputProblem(input) ?? wrongService(input);
        if (problem !== null) throw ApplicationFailure.nonRetryable(problem, 'invalid');
      },
    },
  );

  // Continue as new only when idle: a run that is left behind would not hear how its child ends.
  await condition(() => workflowInfo().continueAsNewSuggested && current === null && allHandlersFinished());
  await continueAsNew<typeof service>(state);
}

async function startDeployment(input: DeploymentInput, deploymentId: string) {
  return startChild(deployment, {
    workflowId: deploymentId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `${serviceKey(input.service)} #${input.number}: ${input.revision.imageId}`,
    typedSearchAttributes: [
      { key: searchAttributes.service, value: serviceKey(input.service) },
      { key: searchAttributes.revision, value: input.revision.imageId },
      { key: searchAttributes.requestedBy, value: input.requestedBy },
      { key: searchAttributes.phase, value: 'plan' },
    ],
  });
}

function answerRepeated(known: ServiceState['requests'][number], input: SubmitInput): SubmitAnswer {
  if (known.digest === requestDigest(input)) {
    return { kind: 'admitted', deploymentId: known.deploymentId, number: known.number, repeated: true, after: null };
  }
  return {
    kind: 'refused',
    code: 'key-reused',
    message: `this idempotency key already stands for ${known.deploymentId}, which asked for something else; use a new key`,
  };
}

function wrongService(input: SubmitInput): string | null {
  const expected = serviceWorkflowId(serviceKey(input.service));
  const actual = workflowInfo().workflowId;
  return actual === expected ? null : `this is ${actual}, but the request is for ${expected}`;
}
