import { randomUUID } from 'node:crypto';
import { connect, type Temporal } from '../../../clients/temporal/connection';
import { awaitResult } from '../../../clients/temporal/await-result';
import { listDeployments } from '../../../clients/temporal/list-deployments';
import { readDeployment } from '../../../clients/temporal/read-deployment';
import { submitDeployment } from '../../../clients/temporal/submit-deployment';
import { serviceKey } from '../../../domain/service-file';
import type { SubmitInput } from '../../../domain/deployment';
import { serviceWorkflowId } from '../../../workflows/messages';
import { waitUntil } from '../../support/wait-until';
import { reported, serviceNamed, startStubWorker, submitInput, testEnv, uniqueServiceName } from './stub-worker';

let temporal: Temporal;
let worker: { stop(): Promise<void> };

beforeAll(async () => {
  const env = testEnv();
  temporal = await connect({ env });
  worker = await startStubWorker(env.FLEETSHIFT_TASK_QUEUE);
});

afterAll(async () => {
  await worker.stop();
  await temporal.close();
});

async function admitted(submit: SubmitInput) {
  const answer = await submitDeployment({ temporal, submit });
  if (answer.kind !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(answer)}`);
  return answer;
}

async function abort(deploymentId: string) {
  await temporal.client.workflow.getHandle(deploymentId).signal('abort');
  return awaitResult({ temporal, deploymentId });
}

test('the same request twice is one deployment, and says so', async () => {
  const submit = submitInput();
  const first = await admitted(submit);
  const second = await admitted(submit);
  expect(first).toMatchObject({ kind: 'admitted', number: 1, repeated: false });
  expect(second).toEqual({ ...first, repeated: true });
});

test('twins sent at the same moment are one deployment', async () => {
  const submit = submitInput();
  const [one, other] = await Promise.all([admitted(submit), admitted(submit)]);
  expect(one.deploymentId).toBe(other.deploymentId);
});

test('a key used again for another image is refused, not taken for the first request', async () => {
  const submit = submitInput();
  await admitted(submit);
  const answer = await submitDeployment({ temporal, submit: { ...submit, revision: { imageId: 'ami-other' } } });
  expect(answer).toMatchObject({ kind: 'refused', code: 'key-reused' });
});

test('a busy service refuses and names the holder; once it is free, the same request is taken', async () => {
  const service = serviceNamed(uniqueServiceName());
  const holder = await admitted(submitInput({ service }));
  const submit = submitInput({ service, image: 'ami-succeed' });
  const refused = await submitDeployment({ temporal, submit });
  expect(refused).toMatchObject({ kind: 'refused', code: 'busy' });
  expect(refused).toHaveProperty('message', expect.stringContaining(holder.deploymentId));

  await abort(holder.deploymentId);
  const taken = await waitUntil('the service to be free', () => submitDeployment({ temporal, submit }), {
    until: ({ kind }) => kind === 'admitted',
  });
  expect(taken).toMatchObject({ kind: 'admitted', number: 2 });
});

test('a request that the service finds invalid is a refusal with its reason', async () => {
  const answer = await submitDeployment({ temporal, submit: submitInput({ image: 'ami-invalid' }) });
  expect(answer).toEqual({ kind: 'refused', code: 'invalid', message: 'no such image' });
});

test('a request that the service had in hand when somebody terminated it is told as unknown, not as refused', async () => {
  const submit = submitInput({ image: 'ami-unanswered' });
  const answer = submitDeployment({ temporal, submit });
  const service = temporal.client.workflow.getHandle(serviceWorkflowId(serviceKey(submit.service)));
  await waitUntil('the request to be accepted', () => service.fetchHistory(), {
    until: ({ events }) => events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes) === true,
  });
  await service.terminate('wrong button');
  expect(await answer).toMatchObject({ kind: 'unknown', message: expect.stringContaining('ask again') as string });
});

test('a running deployment is shown with what its watcher has just seen', async () => {
  const { deploymentId } = await admitted(submitInput());
  const seen = await waitUntil('a heartbeat', () => readDeployment({ temporal, deploymentId }), {
    until: (answer) => answer.kind === 'found' && answer.live.length > 0,
  });
  expect(seen).toMatchObject({
    kind: 'found',
    source: 'workflow',
    stopped: null,
    live: [reported.text],
    progress: { oldFleet: { healthy: 3 }, newFleet: { healthy: 2 }, judge: reported.judge, result: null },
  });
});

test('an unknown id, and the id of something else, is not found', async () => {
  const submit = submitInput();
  await admitted(submit);
  for (const deploymentId of [`deploy:web:${randomUUID()}`, `service:${serviceKey(submit.service)}`]) {
    expect(await readDeployment({ temporal, deploymentId })).toEqual({ kind: 'not-found' });
  }
  expect(await awaitResult({ temporal, deploymentId: randomUUID() })).toEqual({ kind: 'not-found' });
});

test('a deployment that failed or was terminated is told as stopped, with what to check', async () => {
  const failed = await admitted(submitInput({ image: 'ami-fail' }));
  expect(await awaitResult({ temporal, deploymentId: failed.deploymentId })).toMatchObject({
    kind: 'stopped',
    message: expect.stringContaining('broken on purpose') as string,
  });
  const killed = await admitted(submitInput());
  await temporal.client.workflow.getHandle(killed.deploymentId).terminate('wrong button');
  expect(await readDeployment({ temporal, deploymentId: killed.deploymentId })).toMatchObject({
    kind: 'found',
    stopped: expect.stringContaining('wrong button') as string,
    progress: { result: null },
  });
});

test('a service lists its own deployments, running ones first, and not those of one whose name begins the same', async () => {
  const name = uniqueServiceName();
  const mine = serviceNamed(name);
  const first = await admitted(submitInput({ service: mine, image: 'ami-succeed' }));
  await awaitResult({ temporal, deploymentId: first.deploymentId });
  const submit = submitInput({ service: mine });
  const second = await waitUntil('the service to be free', () => admitted(submit));
  await admitted(submitInput({ service: serviceNamed(`${name}-b`) }));

  const rows = await waitUntil('both in the list', () => listDeployments({ temporal, service: name, limit: 10 }), {
    until: (found) => found.length === 2 && found[1]?.endedAtMs !== null,
  });
  expect(rows.map(({ deploymentId }) => deploymentId)).toEqual([second.deploymentId, first.deploymentId]);
  expect(rows[0]).toMatchObject({
    serviceKey: serviceKey(mine),
    number: 2,
    revision: 'ami-stay',
    requestedBy: 'tester',
    phase: 'shift',
  });
  expect(await listDeployments({ temporal, service: serviceKey(mine), limit: 1 })).toHaveLength(1);
  expect(await listDeployments({ temporal, service: "o'brien", limit: 1 })).toEqual([]);
});
