import { connect, type Temporal } from '../../../clients/temporal/connection';
import { awaitResult } from '../../../clients/temporal/await-result';
import { readDeployment } from '../../../clients/temporal/read-deployment';
import { readDrain } from '../../../clients/temporal/read-drain';
import { submitDeployment } from '../../../clients/temporal/submit-deployment';
import { drainIdOf } from '../../../domain/deployment';
import { startStubWorker, submitInput, testEnv } from './stub-worker';

const env = testEnv();
let temporal: Temporal;
beforeAll(async () => {
  temporal = await connect({ env });
});
afterAll(() => temporal.close());

async function succeeded(): Promise<string> {
  const answer = await submitDeployment({ temporal, submit: submitInput() });
  if (answer.kind !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(answer)}`);
  const { deploymentId } = answer;
  await temporal.client.workflow.getHandle(deploymentId).signal('promote');
  await awaitResult({ temporal, deploymentId });
  return deploymentId;
}

test('a drain is shown by itself and with its deployment: by a worker, by the record, and when it has ended', async () => {
  const worker = await startStubWorker(env.FLEETSHIFT_TASK_QUEUE);
  const deploymentId = await succeeded();
  const drainId = drainIdOf(deploymentId);
  const read = async () => {
    const own = await readDrain({ temporal, drainId, answerWithinMs: 500 });
    const whole = await readDeployment({ temporal, deploymentId, answerWithinMs: 500 });
    if (own.kind !== 'found' || whole.kind !== 'found') throw new Error('it is not known');
    expect(whole.drain).toEqual(own.drain);
    return own.drain;
  };
  expect(await read()).toMatchObject({ phase: 'keep', progress: { drainId, groupName: 'old' }, result: null });
  await worker.stop();
  expect(await read()).toEqual({ drainId, phase: 'keep', progress: null, result: null, live: [], stopped: null });
  const next = await startStubWorker(env.FLEETSHIFT_TASK_QUEUE);
  await temporal.client.workflow.getHandle(drainId).signal('rollback');
  await temporal.client.workflow.getHandle(drainId).result();
  expect(await read()).toMatchObject({ phase: 'finished', result: { ending: 'rolled-back' } });
  await next.stop();
}, 60_000);

test('a drain that was terminated is told as stopped; the id of something else is no drain', async () => {
  const worker = await startStubWorker(env.FLEETSHIFT_TASK_QUEUE);
  const deploymentId = await succeeded();
  const drainId = drainIdOf(deploymentId);
  await temporal.client.workflow.getHandle(drainId).terminate('wrong button');
  expect(await readDrain({ temporal, drainId })).toMatchObject({
    drain: { result: null, stopped: expect.stringContaining('wrong button') as string },
  });
  expect(await readDrain({ temporal, drainId: deploymentId })).toEqual({ kind: 'not-found' });
  expect(await readDeployment({ temporal, deploymentId: drainId })).toEqual({ kind: 'not-found' });
  await worker.stop();
});
