/**
 * What people may send by hand. A handler that throws fails its workflow task for ever, with the leases held; so every
 * message of every workflow is sent everything that JSON can be, on a real Temporal server, with the code of workers.
 */
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import { createNotifyActivities } from '../../activities/notify';
import { connect, type Temporal } from '../../clients/temporal/connection';
import { submitDeployment } from '../../clients/temporal/submit-deployment';
import { verbs, type Verb } from '../../domain/control';
import {
  deploymentIdOf,
  drainIdOf,
  type DeploymentInput,
  type DrainProgress,
  type SubmitInput,
} from '../../domain/deployment';
import { serviceKey } from '../../domain/service-file';
import { drainProgressQuery, serviceWorkflowId } from '../../workflows/messages';
import { submitInput, testEnv } from '../clients/temporal/stub-worker';
import { notificationIn, receiver } from '../support/receiver';
import { waitUntil } from '../support/wait-until';
import { startWorkerOf } from './worker-of';

const env = testEnv();
const notifySecret = 'a-secret-of-at-least-thirty-two-characters';
let temporal: Temporal;
let worker: { stop(): Promise<void> };

/** Neither AWS nor Temporal is asked anything here; what a workflow does then is not what is tested. */
const activities = {
  ...createNotifyActivities({ notifySecret }),
  workerTimeouts: async () => timeouts,
  findFleetRoutes: async () => ({ arns: [] }),
  default: async () => {
    throw ApplicationFailure.nonRetryable('there is no cloud here', 'invalid');
  },
};
const timeouts = { heartbeatSeconds: 30, writerSeconds: 30 };

beforeAll(async () => {
  // Activities fail here on purpose.
  jest.spyOn(Runtime.instance().logger, 'log').mockImplementation();
  temporal = await connect({ env });
  worker = await startWorkerOf(activities, { temporal, taskQueue: env.FLEETSHIFT_TASK_QUEUE });
}, 60_000);

afterAll(async () => {
  await Promise.all(left.map((handle) => handle.terminate('the test is over').catch(isOver)));
  await worker.stop();
  await temporal.close();
  jest.restoreAllMocks();
});

/** Right in shape and wrong in every member, for all messages at once; the last cannot even be made a text. */
const wrongMembers = [
  {
    after: 7,
    warnings: [1, null, {}, []],
    by: 7,
    reason: [],
    full: 'yes',
    idempotencyKey: {},
    owner: 7,
    deploymentId: 7,
  },
  { after: {}, warnings: { length: 2 }, by: null, owner: null, deploymentId: null },
  { after: [], warnings: 'none', by: { toString: 1, valueOf: 1 }, owner: [], deploymentId: { toString: 1 } },
];
const unreadable = [7, 'text', true, [], [null], new Uint8Array([1, 2]), ...wrongMembers];
const garbage = [null, {}, ...unreadable];

const left: WorkflowHandle[] = [];

/** One that terminated or ended before: nothing is left to do. */
function isOver(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
}

async function start(type: string, workflowId: string, input: unknown): Promise<WorkflowHandle> {
  const { taskQueue } = temporal.settings;
  const handle = await temporal.client.workflow.start(type, { workflowId, taskQueue, args: [input] });
  left.push(handle);
  return handle;
}

function deploymentInput(): DeploymentInput {
  const after = 'deploy:another';
  return { ...submitInput(), uuid: randomUUID(), number: 1, submittedAtMs: 0, after, warnings: [] };
}

function startDeployment(input: DeploymentInput): Promise<WorkflowHandle> {
  return start('deployment', deploymentIdOf(serviceKey(input.service), input.uuid), input);
}

/** One that waits in the queue. */
function queuedDeployment(): Promise<WorkflowHandle> {
  return startDeployment(deploymentInput());
}

/** One that keeps an old fleet. */
function keepingDrain(notifyWebhook?: string): Promise<WorkflowHandle> {
  const { service, revision, uuid } = deploymentInput();
  const key = serviceKey(service);
  const deploymentId = deploymentIdOf(key, uuid);
  const old = { groupName: 'old', groupArn: 'arn:old', imageId: 'ami-0before' };
  return start('drain', drainIdOf(deploymentId), {
    ...{ deploymentId, number: 1, revision, timeouts, frozenMinSizes: [], keepUntilMs: Date.now() + 3_600_000 },
    service: notifyWebhook === undefined ? service : { ...service, notifyWebhook },
    plan: { serviceKey: key, old, routes: [] },
  });
}

const stillAnswers = (handle: WorkflowHandle) => handle.query('__temporal_workflow_metadata');

async function signalAll(handle: WorkflowHandle, message: string): Promise<void> {
  for (const payload of garbage) await handle.signal(message, payload);
  await handle.signal(message);
}

function untilDrain(handle: WorkflowHandle, what: string, until: (progress: DrainProgress) => boolean) {
  return waitUntil(what, () => handle.query(drainProgressQuery), { until });
}

/** Of each verb: what has to be sent for it to go on, and how it ends then. */
const ofDeployments: [Verb | 'turn', { then: Verb[]; outcome: string }][] = [
  // Without a payload that can be read it means: begin.
  ['turn', { then: ['resume'], outcome: 'refused' }],
  ['pause', { then: ['abort'], outcome: 'aborted' }],
  ['resume', { then: ['resume', 'abort'], outcome: 'aborted' }],
  ['promote', { then: ['resume', 'abort'], outcome: 'aborted' }],
  ['rollback', { then: ['resume', 'abort'], outcome: 'aborted' }],
];

test.each(ofDeployments)(
  'a deployment is sent everything that can be as the signal "%s", answers, and goes on to its end',
  async (message, { then, outcome }) => {
    const handle = await queuedDeployment();
    await handle.signal('pause');
    await signalAll(handle, message);
    await stillAnswers(handle);
    for (const verb of then) await handle.signal(verb);
    expect(await handle.result()).toMatchObject({ outcome });
  },
);

test.each(garbage.map((payload) => [payload]))(
  'a deployment that is sent the signal "abort" with %j ends',
  async (payload) => {
    const handle = await queuedDeployment();
    await handle.signal('abort', payload);
    expect(await handle.result()).toMatchObject({ outcome: 'aborted' });
  },
);

test.each([...verbs, 'superseded'])(
  'a drain is sent everything that can be as the signal "%s", answers, and goes on to let the old fleet go',
  async (message) => {
    const handle = await keepingDrain();
    await handle.signal('pause');
    await signalAll(handle, message);
    await stillAnswers(handle);
    for (const next of ['resume', 'superseded']) await handle.signal(next);
    await untilDrain(handle, 'old to be let go', ({ phase }) => phase === 'drain');
  },
);

test.each([
  ['deployment', queuedDeployment],
  ['drain', keepingDrain],
] as const)('an update of a %s that cannot be read is refused, and changes nothing', async (_type, begin) => {
  const handle = await begin();
  for (const verb of verbs)
    for (const payload of unreadable)
      await expect(handle.executeUpdate(verb, { args: [payload] })).rejects.toThrow(WorkflowUpdateFailedError);
  expect(await handle.query('progress')).toMatchObject({ requests: [], pause: null });
});

test("a service's workflow is sent everything that can be, and admits the next request", async () => {
  const submit: SubmitInput = submitInput();
  const handle = await start('service', serviceWorkflowId(serviceKey(submit.service)), {});
  await signalAll(handle, 'ended');
  for (const payload of [...garbage, { ...submit, service: { ...submit.service, environment: {} } }])
    await expect(handle.executeUpdate('submit', { args: [payload] })).rejects.toThrow(WorkflowUpdateFailedError);
  await stillAnswers(handle);
  const answer = await submitDeployment({ temporal, submit });
  if (answer.kind !== 'admitted') throw new Error(JSON.stringify(answer));
  const { deploymentId } = answer;
  expect(await temporal.client.workflow.getHandle(deploymentId).result()).toMatchObject({ outcome: 'refused' });
});

test('a lease is let go by its owner, and by nothing else that is sent to it', async () => {
  const owner = 'deploy:its-owner';
  const handle = await start('lease', `lease:${randomUUID()}`, { thing: 'arn:rule', owner });
  await signalAll(handle, 'release');
  await stillAnswers(handle);
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await handle.signal('release', { owner });
  await handle.result();
});

test.each(['uuid', 'number', 'after', 'warnings', 'service'] as const)(
  'a deployment that somebody starts by hand without %s fails at once, and says what is missing',
  async (name) => {
    const input = { ...deploymentInput(), [name]: undefined };
    const failure: unknown = await (
      await start('deployment', `by-hand-${randomUUID()}`, input)
    )
      .result()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause?.message).toMatch(
      new RegExp(`cannot be read: ${name}: .*send it with`),
    );
  },
);

test('a rollback that a drain refuses is told by the webhook: whoever asked may be gone', async () => {
  const there = await receiver();
  await there.up();
  try {
    const handle = await keepingDrain(`${there.url}/hook`);
    const toldReasons = () => there.received.map(notificationIn).map(({ event, reason }) => ({ event, reason }));
    const told = (reason: RegExp) =>
      waitUntil('the refusal to be told', () => toldReasons().find((one) => reason.test(one.reason)));
    await handle.signal('rollback', { by: 'ada' });
    expect(await told(/nothing was changed.*no cloud/)).toMatchObject({ event: 'rollback-refused' });
    await handle.signal('promote');
    await untilDrain(handle, 'old to be let go', ({ phase }) => phase === 'drain');
    await handle.signal('rollback', { by: 'ada' });
    expect(await told(/ami-0before is deployed again is not known.*no cloud/)).toMatchObject({
      event: 'rollback-refused',
    });
    expect(there.received).toHaveLength(2);
  } finally {
    await there.down();
  }
});
