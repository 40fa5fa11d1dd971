/** One notification on a real Temporal server, told to a real receiver by the activity that workers have. */
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { createNotifyActivities } from '../../activities/notify';
import { connect, type Temporal } from '../../clients/temporal/connection';
import { notificationOf } from '../../domain/notification';
import type { notification as notificationWorkflow } from '../../workflows/notification';
import { testEnv } from '../clients/temporal/stub-worker';
import { isSignedWith, notificationIn, receiver, type Receiver } from '../support/receiver';
import { waitUntil } from '../support/wait-until';
import { startWorkerOf } from './worker-of';

const secret = 'a-secret-of-at-least-thirty-two-characters';
const env = testEnv();
let temporal: Temporal;
let there: Receiver;
/** Attempts fail here on purpose; the log is read instead of shown. */
let logged: jest.SpyInstance;

beforeAll(async () => {
  temporal = await connect({ env });
});
beforeEach(async () => {
  there = await receiver();
  logged = jest.spyOn(Runtime.instance().logger, 'log').mockImplementation();
});
afterEach(async () => {
  logged.mockRestore();
  await there.down();
});
afterAll(() => temporal.close());

async function withWorker<T>(notifySecret: string | undefined, work: () => Promise<T>): Promise<T> {
  const activities = createNotifyActivities(notifySecret === undefined ? {} : { notifySecret });
  const worker = await startWorkerOf(activities, { temporal, taskQueue: env.FLEETSHIFT_TASK_QUEUE });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

/** Begins to tell; the handle's result is when it was taken. */
function tell(limitSeconds: number) {
  const id = `notify:web.test.eu-west-1:${randomUUID()}`;
  const notification = notificationOf({
    happening: { event: 'rolled-back', reason: '6 of 41 requests failed', repairs: [] },
    about: {
      deploymentId: 'deploy:web.test.eu-west-1:1',
      drainId: null,
      service: 'web.test.eu-west-1',
      number: 7,
      revision: { imageId: 'ami-1' },
    },
    id,
    atMs: Date.UTC(2026, 0, 2),
  });
  return temporal.client.workflow.start<typeof notificationWorkflow>('notification', {
    workflowId: id,
    taskQueue: env.FLEETSHIFT_TASK_QUEUE,
    args: [{ webhook: `${there.url}/hook`, notification, limitSeconds }],
  });
}

test('a receiver that is down, then fails, then points elsewhere, is told in the end: each time the same, freshly signed', async () => {
  there.answers.push({ status: 503 }, { status: 302, headers: { location: '/elsewhere' } }, { status: 200 });
  await withWorker(secret, async () => {
    const telling = await tell(120);
    await waitUntil('a refused connection to be known', async () => {
      const [pending] = (await telling.describe()).raw.pendingActivities ?? [];
      return pending?.lastFailure?.message?.includes('ECONNREFUSED') === true;
    });
    await there.up();
    await telling.result();
  });
  expect(there.received.map(({ path, status }) => ({ path, status }))).toEqual(
    [503, 302, 200].map((status) => ({ path: '/hook', status })),
  );
  expect(there.received.every((call) => isSignedWith(secret, call))).toBe(true);
  const [first] = there.received;
  expect(new Set(there.received.map(({ body }) => body)).size).toBe(1);
  expect(first && notificationIn(first)).toMatchObject({ id: expect.stringMatching(/^notify:/) as string, number: 7 });
}, 60_000);

test('when nobody takes it in time, the workflow has failed with what was answered last, and the log has it', async () => {
  await there.up();
  there.answers.push({ status: 500, body: 'no' });
  const failure = await withWorker(secret, async () => (await tell(6)).result()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  const answered = `POST ${there.url}/hook was answered 500: no`;
  expect((failure as WorkflowFailedError).cause?.message).toBe(answered);
  expect(logged).toHaveBeenCalledWith('ERROR', 'nobody was told', expect.objectContaining({ why: answered }));
});

test('without a secret nothing is sent; a worker that has one tells it after all', async () => {
  await there.up();
  const telling = await withWorker(undefined, async () => {
    const begun = await tell(120);
    await waitUntil('the missing secret to be known', async () => {
      const [pending] = (await begun.describe()).raw.pendingActivities ?? [];
      return pending?.lastFailure?.message?.includes('FLEETSHIFT_NOTIFY_SECRET') === true;
    });
    return begun;
  });
  expect(there.received).toEqual([]);
  await withWorker(secret, () => telling.result());
  expect(there.received).toHaveLength(1);
}, 60_000);
