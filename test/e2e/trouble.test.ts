/** AWS in trouble, and somebody who gets in the way: the ending is right, and the reason is shown meanwhile. */
import { readDeployment } from '../../clients/temporal/read-deployment';
import { waitUntil } from '../support/wait-until';
import { deploy, resultOf, serviceFile, untilProgress } from './support/deployments';
import { breachesIn, countOf, ledgerOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { viewOf } from './support/view';
import { images } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage([{ name: 'lost' }, { name: 'blind' }, { name: 'gone' }]);
}, 120_000);

afterEach(() => stage.sandbox.admin.removeFaults());
afterAll(() => stage.stop(), 60_000);

test('lost replies of every mutation make nothing twice and leave nothing behind', async () => {
  const load = await stage.startLoad('lost');
  const before = await viewOf(stage, 'lost');
  const mutations = [
    'CreateTargetGroup',
    'ModifyListener',
    'CreateLaunchTemplate',
    'CreateAutoScalingGroup',
    'UpdateAutoScalingGroup',
  ];
  const deletions = ['DeleteAutoScalingGroup', 'DeleteTargetGroup', 'DeleteLaunchTemplate'];
  for (const operation of [...mutations, ...deletions])
    await stage.sandbox.admin.addFault({ operation, kind: 'lost-reply' });
  const result = await resultOf(stage, await deploy(stage, serviceFile('lost'), images.bad));
  await load.stop();
  expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [] });
  expect((await stage.sandbox.admin.faults()).map(({ operation, hits }) => [operation, hits])).toEqual(
    [...mutations, ...deletions].map((operation) => [operation, 1]),
  );
  const after = await viewOf(stage, 'lost');
  expect({ ...after, routes: [] }).toEqual({ ...before, routes: [] });
  const ledger = await ledgerOf(stage, 'lost');
  expect(breachesIn(ledger)).toEqual([]);
  expect(countOf(ledger, 'CreateAutoScalingGroup')).toBe(1);
  // AWS takes a repeat with the same token for the same call.
  const tokens = ledger
    .filter((entry) => entry.operation === 'CreateLaunchTemplate')
    .map((entry) => (entry.input as { ClientToken: string }).ClientToken);
  expect(new Set(tokens).size).toBe(1);
}, 90_000);

test('without metrics the weight is held and the reason told; when they are back it goes on', async () => {
  const load = await stage.startLoad('blind');
  const id = await deploy(stage, serviceFile('blind'), images.good);
  await untilProgress(stage, id, 'the first step', (progress) => progress.split?.newPercent === 20);
  await stage.sandbox.admin.addFault({ operation: 'GetMetricData', kind: 'error-500', times: 'always' });
  const held = await untilProgress(stage, id, 'the hold', (progress) => progress.hold !== null);
  expect(held.hold).toMatchObject({
    reason: 'unmeasurable',
    detail: expect.stringContaining('GetMetricData') as string,
  });
  expect(held.split).toEqual({ newPercent: 20 });
  await stage.sandbox.admin.removeFaults();
  expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
  expect(await load.stop()).toMatchObject({ failedRequests: 0 });
}, 120_000);

test('what AWS refuses is shown while it is tried again, with the missing permission', async () => {
  await stage.sandbox.admin.addFault({ operation: 'CreateLaunchTemplate', kind: 'throttle', times: 'always' });
  const id = await deploy(stage, serviceFile('gone'), images.good);
  const shown = await waitUntil('the refusal to be shown', async () => {
    const read = await readDeployment({ temporal: stage.temporal, deploymentId: id });
    return read.kind === 'found' ? read.live.find((text) => text.includes('CreateLaunchTemplate')) : undefined;
  });
  expect(shown).toMatch(/ensureTemplate is tried again \(attempt \d+\): .*it is tried again by itself/);
  await stage.temporal.client.workflow.getHandle(id).signal('abort');
  await stage.sandbox.admin.removeFaults();
  expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', repairs: [] });
}, 90_000);
