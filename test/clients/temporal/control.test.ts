import { randomUUID } from 'node:crypto';
import { awaitResult } from '../../../clients/temporal/await-result';
import { connect, type Temporal } from '../../../clients/temporal/connection';
import { controlDeployment } from '../../../clients/temporal/control-deployment';
import { readDeployment } from '../../../clients/temporal/read-deployment';
import { submitDeployment } from '../../../clients/temporal/submit-deployment';
import type { ControlRequest, Verb } from '../../../domain/control';
import { drainIdOf } from '../../../domain/deployment';
import { startStubWorker, submitInput, testEnv } from './stub-worker';

interface Stage {
  temporal: Temporal;
  taskQueue: string;
}

const env = testEnv();
let stage: Stage;
let worker: { stop(): Promise<void> };

beforeAll(async () => {
  stage = { temporal: await connect({ env }), taskQueue: env.FLEETSHIFT_TASK_QUEUE };
  worker = await startStubWorker(stage.taskQueue);
});

afterAll(async () => {
  await worker.stop();
  await stage.temporal.close();
});

async function deployed({ temporal } = stage): Promise<string> {
  const answer = await submitDeployment({ temporal, submit: submitInput() });
  if (answer.kind !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(answer)}`);
  return answer.deploymentId;
}

async function succeeded(): Promise<string> {
  const id = await deployed();
  await send(id, 'promote');
  expect(await awaitResult({ temporal: stage.temporal, deploymentId: id })).toMatchObject({
    result: { outcome: 'succeeded', drainId: drainIdOf(id) },
  });
  return id;
}

function send(id: string, verb: Verb, { idempotencyKey = randomUUID(), ...note }: ControlRequest = {}) {
  return controlDeployment({ temporal: stage.temporal, id, verb, request: { ...note, idempotencyKey } });
}

test('a verb is answered with the ruling and with how things stand after it', async () => {
  const id = await deployed();
  const note = { by: 'ann', reason: 'lunch' };
  expect(await send(id, 'pause', note)).toMatchObject({ kind: 'taken', id, state: { pause: note } });
  expect(await send(id, 'pause', note)).toMatchObject({ kind: 'already', text: 'it is paused' });
  expect(await send(id, 'promote')).toMatchObject({ kind: 'refused', text: 'it is paused: resume it first' });
  expect(await send(id, 'resume')).toMatchObject({ kind: 'taken', state: { pause: null } });
  expect(await send(id, 'abort')).toMatchObject({ kind: 'taken' });
  expect(await awaitResult({ temporal: stage.temporal, deploymentId: id })).toMatchObject({
    result: { outcome: 'aborted' },
  });
  expect(await send(id, 'abort')).toEqual({ kind: 'ended', id, outcome: 'aborted' });
});

test('a request that is sent again with its key counts once, also when it comes as a signal', async () => {
  const id = await deployed();
  const request = { by: 'ann', idempotencyKey: 'lunch' };
  const first = await send(id, 'pause', request);
  await send(id, 'resume');
  expect(await send(id, 'pause', request)).toEqual(first);
  await stage.temporal.client.workflow.getHandle(id).signal('pause', request);
  const answer = await readDeployment({ temporal: stage.temporal, deploymentId: id });
  expect(answer).toMatchObject({
    progress: { pause: null, requests: [{ verb: 'pause', idempotencyKey: 'lunch' }, { verb: 'resume' }] },
  });
});

test('a request that cannot be read is refused with its problem, and nothing is changed', async () => {
  const id = await deployed();
  const broken = { by: 7 } as unknown as ControlRequest;
  const answer = await send(id, 'abort', broken);
  expect(answer).toMatchObject({ kind: 'invalid', id, message: expect.stringMatching(/abort: .*by: /) as string });
  expect(await readDeployment({ temporal: stage.temporal, deploymentId: id })).toMatchObject({
    progress: { requests: [], result: null },
  });
});

test('after a success its drain is asked: it keeps the old fleet on, and goes back to it', async () => {
  const id = await succeeded();
  const drainId = drainIdOf(id);
  expect(await send(id, 'pause')).toMatchObject({ kind: 'taken', id: drainId, text: 'the old fleet is kept on' });
  expect(await send(id, 'abort')).toMatchObject({
    kind: 'refused',
    id: drainId,
    text: expect.stringContaining('ask for rollback') as string,
  });
  expect(await send(id, 'rollback', { by: 'ann' })).toMatchObject({ kind: 'taken', id: drainId });
  expect(await send(drainId, 'rollback')).toEqual({ kind: 'ended', id: drainId, outcome: 'rolled-back' });
});

test('a promote that comes after the success does not let the old fleet go; the drain by its own id does', async () => {
  const id = await succeeded();
  const drainId = drainIdOf(id);
  expect(await send(id, 'promote')).toEqual({ kind: 'ended', id, outcome: 'succeeded' });
  expect(await send(drainId, 'promote')).toMatchObject({ kind: 'taken', id: drainId });
  expect(await send(id, 'rollback')).toEqual({ kind: 'ended', id: drainId, outcome: 'scaled-to-zero' });
});

test('an unknown id, and the id of something else, is not found', async () => {
  const id = await deployed();
  for (const other of [`deploy:web:${randomUUID()}`, drainIdOf(id), id.replace(/^deploy:(.*):.*$/, 'service:$1')])
    expect(await send(other, 'pause')).toEqual({ kind: 'not-found' });
});

test('one that was terminated has ended without an outcome', async () => {
  const id = await deployed();
  await stage.temporal.client.workflow.getHandle(id).terminate('wrong button');
  expect(await send(id, 'pause')).toEqual({ kind: 'ended', id, outcome: null });
});

test('without a worker a request is kept, and counts once when a worker comes', async () => {
  const own = testEnv();
  const alone: Stage = { temporal: await connect({ env: own }), taskQueue: own.FLEETSHIFT_TASK_QUEUE };
  const first = await startStubWorker(alone.taskQueue);
  const id = await deployed(alone);
  await first.stop();
  const request = { by: 'ann', idempotencyKey: 'night' };
  expect(
    await controlDeployment({ temporal: alone.temporal, id, verb: 'abort', request, answerWithinMs: 300 }),
  ).toMatchObject({ kind: 'sent', id, message: expect.stringContaining('Temporal keeps the request') as string });
  const second = await startStubWorker(alone.taskQueue);
  expect(await awaitResult({ temporal: alone.temporal, deploymentId: id })).toMatchObject({
    result: { outcome: 'aborted' },
  });
  expect(await readDeployment({ temporal: alone.temporal, deploymentId: id })).toMatchObject({
    progress: { requests: [{ verb: 'abort', by: 'ann', idempotencyKey: 'night', ruling: 'taken' }] },
  });
  await second.stop();
  await alone.temporal.close();
});
