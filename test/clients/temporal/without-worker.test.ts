import { connect, type Temporal } from '../../../clients/temporal/connection';
import { readDeployment } from '../../../clients/temporal/read-deployment';
import { submitDeployment } from '../../../clients/temporal/submit-deployment';
import { awaitResult } from '../../../clients/temporal/await-result';
import { startStubWorker, submitInput, testEnv } from './stub-worker';

async function connected() {
  const env = testEnv();
  return { temporal: await connect({ env }), taskQueue: env.FLEETSHIFT_TASK_QUEUE };
}

async function admitted(temporal: Temporal, submit: ReturnType<typeof submitInput>) {
  const answer = await submitDeployment({ temporal, submit });
  if (answer.kind !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(answer)}`);
  return answer;
}

test('without a worker a request is "unknown"; asked again once one is there, it is one deployment', async () => {
  const { temporal, taskQueue } = await connected();
  const submit = submitInput();
  expect(await submitDeployment({ temporal, submit, answerWithinMs: 300 })).toMatchObject({ kind: 'unknown' });
  expect(await submitDeployment({ temporal, submit, answerWithinMs: 300 })).toMatchObject({ kind: 'unknown' });
  const worker = await startStubWorker(taskQueue);
  const answer = await admitted(temporal, submit);
  expect(answer.number).toBe(1);
  expect(await admitted(temporal, submit)).toMatchObject({ deploymentId: answer.deploymentId, repeated: true });
  await worker.stop();
  await temporal.close();
});

test('without a worker a repeated request is answered from the record, and so is the status', async () => {
  const { temporal, taskQueue } = await connected();
  const worker = await startStubWorker(taskQueue);
  const running = submitInput();
  const ended = submitInput({ image: 'ami-succeed' });
  const first = await admitted(temporal, running);
  const second = await admitted(temporal, ended);
  await awaitResult({ temporal, deploymentId: second.deploymentId });
  await worker.stop();

  expect(await submitDeployment({ temporal, submit: running, answerWithinMs: 300 })).toEqual({
    ...first,
    repeated: true,
  });
  const read = (deploymentId: string) => readDeployment({ temporal, deploymentId, answerWithinMs: 300 });
  expect(await read(first.deploymentId)).toMatchObject({
    kind: 'found',
    source: 'record',
    progress: {
      service: running.service.service,
      number: 1,
      revision: { imageId: 'ami-stay' },
      phase: 'shift',
      result: null,
    },
  });
  expect(await read(second.deploymentId)).toMatchObject({
    kind: 'found',
    source: 'record',
    progress: { phase: 'decided', newFleet: { groupName: 'new' }, result: { outcome: 'succeeded' } },
  });
  await temporal.close();
});
