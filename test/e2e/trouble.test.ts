/** AWS in trouble: the ending is right, and the reason is shown meanwhile. Servers and requests are virtual. */
import { readDeployment } from '../../clients/temporal/read-deployment';
import { waitUntil } from '../support/wait-until';
import { deploy, resultOf, serviceFile, untilProgress, untilShare } from './support/deployments';
import { expectSuccess, expectWayBack, failedRequests, runOf } from './support/endings';
import { countOf, ledgerOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { expectUntouched } from './support/steer';
import { images } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage([{ name: 'noreply' }, { name: 'blind' }, { name: 'slowed' }], {}, 'virtual');
}, 120_000);

afterAll(() => stage.stop(), 60_000);

test.concurrent(
  'lost replies of every mutation make nothing twice and leave nothing behind',
  async () => {
    const operations = [
      'CreateTargetGroup',
      'ModifyListener',
      'CreateLaunchTemplate',
      'CreateAutoScalingGroup',
      'UpdateAutoScalingGroup',
      'DeleteAutoScalingGroup',
      'DeleteTargetGroup',
      'DeleteLaunchTemplate',
    ];
    const own = await stage.apart();
    const { admin } = stage.sandbox;
    for (const operation of operations) await admin.addFault({ operation, kind: 'lost-reply', caller: own.caller });
    expectWayBack('noreply', await runOf(own, 'noreply', await deploy(own, serviceFile('noreply'), images.bad)));
    const lost = (await admin.faults()).filter(({ caller }) => caller === own.caller);
    expect(lost.map(({ operation, hits }) => [operation, hits])).toEqual(operations.map((operation) => [operation, 1]));
    const ledger = await ledgerOf(stage, 'noreply');
    expect(countOf(ledger, 'CreateAutoScalingGroup')).toBe(1);
    // AWS takes a repeat with the same token for the same call.
    const tokens = ledger
      .filter((entry) => entry.operation === 'CreateLaunchTemplate')
      .map((entry) => (entry.input as { ClientToken: string }).ClientToken);
    expect(new Set(tokens).size).toBe(1);
  },
  90_000,
);

test.concurrent(
  'without metrics the weight is held and the reason told; when they are back it goes on',
  async () => {
    const failedBefore = await failedRequests(stage, 'blind');
    const id = await deploy(stage, serviceFile('blind'), images.good);
    await untilShare(stage, id, 20);
    const outage = { operation: 'GetMetricData', kind: 'error-500', inputContains: 'blind', times: 'always' } as const;
    const { id: faultId } = await stage.sandbox.admin.addFault(outage);
    const held = await untilProgress(stage, id, 'the hold', (progress) => progress.hold !== null);
    expect(held.hold).toMatchObject({
      reason: 'unmeasurable',
      detail: expect.stringContaining('GetMetricData') as string,
    });
    expect(held.split).toEqual({ newPercent: 20 });
    await stage.sandbox.admin.removeFaults(faultId);
    expectSuccess('blind', await runOf(stage, 'blind', id));
    expect(await failedRequests(stage, 'blind')).toBe(failedBefore);
  },
  120_000,
);

test.concurrent(
  'what AWS throttles is shown while it is tried again, until somebody aborts',
  async () => {
    const refusal = { operation: 'CreateLaunchTemplate', kind: 'throttle', inputContains: 'slowed' } as const;
    const { id: faultId } = await stage.sandbox.admin.addFault({ ...refusal, times: 'always' });
    const id = await deploy(stage, serviceFile('slowed'), images.good);
    const shown = await waitUntil('the refusal to be shown', async () => {
      const read = await readDeployment({ temporal: stage.temporal, deploymentId: id });
      return read.kind === 'found' ? read.live.find((text) => text.includes('CreateLaunchTemplate')) : undefined;
    });
    expect(shown).toMatch(/ensureTemplate is tried again \(attempt \d+\): .*it is tried again by itself/);
    await stage.temporal.client.workflow.getHandle(id).signal('abort');
    await stage.sandbox.admin.removeFaults(faultId);
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', repairs: [] });
    await expectUntouched(stage, 'slowed');
  },
  90_000,
);
