import { randomUUID } from 'node:crypto';
import { awaitResult } from '../../../clients/temporal/await-result';
import { connect, type Temporal } from '../../../clients/temporal/connection';
import { controlDeployment, type ControlOutcome } from '../../../clients/temporal/control-deployment';
import { readDeployment } from '../../../clients/temporal/read-deployment';
import { readDrain } from '../../../clients/temporal/read-drain';
import { submitDeployment } from '../../../clients/temporal/submit-deployment';
import type { ControlRequest, Verb } from '../../../domain/control';
import { drainIdOf } from '../../../domain/deployment';
import { waitUntil } from '../../support/wait-until';
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

async function deployed({ temporal } = stage, submit = submitInput()): Promise<string> {
  const answer = await submitDeployment({ temporal, submit });
  if (answer.kind !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(answer)}`);
  return answer.deploymentId;
}

async function succeeded(submit = submitInput()): Promise<string> {
  const id = await deployed(stage, submit);
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
  expect(await send(drainId, 'rollback')).toMatchObject({ kind: 'already', id: drainId, text: 'it has gone back' });
  expect(await send(drainId, 'pause')).toEqual({ kind: 'ended', id: drainId, outcome: 'rolled-back' });
});

test('a promote that comes after the success does not let the old fleet go; the drain by its own id does', async () => {
  const id = await succeeded();
  const drainId = drainIdOf(id);
  expect(await send(id, 'promote')).toEqual({ kind: 'ended', id, outcome: 'succeeded' });
  expect(await send(drainId, 'promote')).toMatchObject({ kind: 'taken', id: drainId });
  expect(await send(id, 'resume')).toEqual({ kind: 'ended', id: drainId, outcome: 'scaled-to-zero' });
});

/** A deployment whose drain takes its time over a rollback: it rules on it when it is resumed. */
async function contested(): Promise<string> {
  const id = await succeeded();
  expect(await send(id, 'pause', { reason: 'contested' })).toMatchObject({ kind: 'taken', id: drainIdOf(id) });
  return id;
}

/** Of its drain. */
function rollBack(id: string, idempotencyKey: string, limits: { ruleWithinMs?: number } = {}): Promise<ControlOutcome> {
  const { temporal } = stage;
  const asked = { temporal, id, verb: 'rollback', request: { by: 'ann', idempotencyKey } } as const;
  return controlDeployment({ ...asked, ...limits });
}

async function rollbacksHeardBy(id: string): Promise<number> {
  const answer = await readDrain({ temporal: stage.temporal, drainId: drainIdOf(id) });
  if (answer.kind !== 'found') throw new Error(`the drain of ${id} is not known`);
  return answer.drain.progress?.requests.filter(({ verb }) => verb === 'rollback').length ?? 0;
}

const refusedLate = { kind: 'refused', text: 'somebody else holds the route' };

test('a drain that takes its time to rule on a rollback is waited for: to be heard takes less than to be answered', async () => {
  const id = await contested();
  const beganMs = Date.now();
  const answer = rollBack(id, 'slow');
  await waitUntil('it to be heard', async () => (await rollbacksHeardBy(id)) === 1);
  await waitUntil('more time to pass than a worker has to hear it', () => Date.now() - beganMs > 5_500);
  await send(drainIdOf(id), 'resume');
  expect(await answer).toMatchObject({ ...refusedLate, id: drainIdOf(id) });
});

test('one that was heard and not ruled on is told as such, not as unheard; asked again with its key it is answered', async () => {
  const id = await contested();
  const heard = await rollBack(id, 'again', { ruleWithinMs: 300 });
  expect(heard).toEqual({
    kind: 'heard',
    id: drainIdOf(id),
    message: expect.not.stringMatching(/no worker/) as string,
  });
  const again = rollBack(id, 'again');
  await send(drainIdOf(id), 'resume');
  expect(await again).toMatchObject(refusedLate);
  expect(await rollbacksHeardBy(id)).toBe(1);
});

test('when the drain is terminated with a rollback in hand, that is the answer', async () => {
  const id = await contested();
  const answer = rollBack(id, 'cut');
  await waitUntil('it to be heard', async () => (await rollbacksHeardBy(id)) === 1);
  await stage.temporal.client.workflow.getHandle(drainIdOf(id)).terminate('wrong button');
  expect(await answer).toEqual({ kind: 'ended', id: drainIdOf(id), outcome: null });
});

/** A deployment whose old fleet is gone. */
async function drained(submit = submitInput()): Promise<string> {
  const id = await succeeded(submit);
  const drainId = drainIdOf(id);
  expect(await send(drainId, 'promote')).toMatchObject({ kind: 'taken' });
  await stage.temporal.client.workflow.getHandle(drainId).result();
  return id;
}

/** Of the deployment that an answer names. */
async function deploymentIn(answer: ControlOutcome) {
  if (!('deploymentId' in answer) || answer.deploymentId === undefined) throw new Error(JSON.stringify(answer));
  const read = await readDeployment({ temporal: stage.temporal, deploymentId: answer.deploymentId });
  if (read.kind !== 'found') throw new Error(`${answer.deploymentId} is not known`);
  return read.progress;
}

test('a rollback after the drain has ended deploys what ran before, once, whoever asks by whichever id', async () => {
  const submit = submitInput();
  const id = await drained(submit);
  const answer = await send(id, 'rollback', { by: 'ann', reason: 'slow carts' });
  expect(answer).toMatchObject({ kind: 'taken', id: drainIdOf(id), state: null });
  const again = await deploymentIn(answer);
  expect(again).toMatchObject({
    service: submit.service.service,
    ...{ number: 2, revision: { imageId: 'ami-0before' }, requestedBy: 'ann' },
    reason: `rollback of #1 (${id}): slow carts`,
  });
  const repeated = await send(drainIdOf(id), 'rollback', { by: 'bob' });
  expect(repeated).toMatchObject({ kind: 'already', deploymentId: again.deploymentId });
  await send(again.deploymentId, 'promote');
  await stage.temporal.client.workflow.getHandle(again.deploymentId).result();
  expect(await send(id, 'rollback')).toMatchObject({ kind: 'already', deploymentId: again.deploymentId });
});

test('a rollback whose deployment did not succeed may be asked for again, and is then another one', async () => {
  const id = await drained();
  const first = await deploymentIn(await send(id, 'rollback'));
  await send(first.deploymentId, 'abort');
  await stage.temporal.client.workflow.getHandle(first.deploymentId).result();
  const second = await send(id, 'rollback');
  expect(second).toMatchObject({ kind: 'taken' });
  expect(await deploymentIn(second)).toMatchObject({ number: 3, revision: { imageId: 'ami-0before' } });
  expect(await send(id, 'rollback')).toMatchObject({ kind: 'already', text: expect.stringContaining('#3') as string });
});

test('a rollback after the drain is refused while the service is busy, and when what ran before is not known', async () => {
  const submit = submitInput();
  const id = await drained(submit);
  const other = await deployed(stage, submitInput({ service: submit.service }));
  expect(await send(id, 'rollback')).toMatchObject({ kind: 'refused', text: expect.stringContaining(other) as string });
  const first = await drained(submitInput({ image: 'ami-first' }));
  const text = expect.stringContaining('fleetshift deploy') as string;
  expect(await send(first, 'rollback')).toMatchObject({ kind: 'refused', id: drainIdOf(first), text });
});

test('without a worker nobody can tell whether the rollback has begun, and asking again says it', async () => {
  const id = await drained();
  await worker.stop();
  try {
    const request = { by: 'ann', idempotencyKey: randomUUID() };
    const { temporal } = stage;
    const asked = controlDeployment({ temporal, id, verb: 'rollback', request, answerWithinMs: 300 });
    await expect(asked).rejects.toThrow(/nobody answered while deploying ami-0before again/);
  } finally {
    worker = await startStubWorker(stage.taskQueue);
  }
  expect(await deploymentIn(await send(id, 'rollback'))).toMatchObject({ number: 2 });
}, 60_000);

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
