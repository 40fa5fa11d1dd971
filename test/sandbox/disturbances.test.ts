import { randomUUID } from 'node:crypto';
import {
  AttachLoadBalancerTargetGroupsCommand,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SandboxAdmin } from '../../sandbox/admin-client';
import { waitUntil } from '../support/wait-until';
import { createClients, describeGroup, errorOf, startTestCloud, type TestCloud } from './test-cloud';

let cloud: TestCloud;
let admin: SandboxAdmin;
beforeAll(async () => {
  cloud = await startTestCloud();
  admin = new SandboxAdmin(cloud.sandbox.url);
});
afterEach(async () => {
  await admin.removeFaults();
  await admin.releaseAllBarriers();
});
afterAll(() => cloud.sandbox.close());

const newName = () => `g-${randomUUID()}`;

function create(AutoScalingGroupName: string, DesiredCapacity = 0) {
  return cloud.clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: 0,
      MaxSize: DesiredCapacity,
      DesiredCapacity,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      VPCZoneIdentifier: 'subnet-a',
    }),
  );
}

async function exists(name: string): Promise<boolean> {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  return ((await cloud.clients.autoScaling.send(command)).AutoScalingGroups ?? []).length > 0;
}

test('the ledger holds every mutation in order, with its input, outcome and the health at that time', async () => {
  const name = newName();
  const seen = (await admin.ledger()).length;
  await create(name);
  await errorOf(create(name));
  await exists(name);
  const entries = await admin.ledger(seen);
  expect(entries.map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ['CreateAutoScalingGroup', 'applied'],
    ['CreateAutoScalingGroup', 'AlreadyExists'],
  ]);
  expect(entries[0]).toMatchObject({
    seq: seen + 1,
    caller: 'sandbox',
    service: 'autoscaling',
    input: { AutoScalingGroupName: name },
  });
});

test('the ledger tells how many healthy targets the target groups that a call names had, and can be searched', async () => {
  const name = newName();
  await create(name);
  const { TargetGroups } = await cloud.clients.elb.send(new DescribeTargetGroupsCommand({ Names: ['web'] }));
  const TargetGroupARNs = [TargetGroups?.[0]?.TargetGroupArn ?? ''];
  await cloud.clients.autoScaling.send(
    new AttachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName: name, TargetGroupARNs }),
  );
  const entries = await admin.ledger(0, `"${name}"`);
  expect(entries.map(({ operation, healthyTargets }) => [operation, Object.keys(healthyTargets)])).toEqual([
    ['CreateAutoScalingGroup', []],
    ['AttachLoadBalancerTargetGroups', TargetGroupARNs],
  ]);
});

test('a lost reply: the call was applied, and its caller does not know', async () => {
  const name = newName();
  await admin.addFault({ operation: 'CreateAutoScalingGroup', kind: 'lost-reply' });
  expect((await errorOf(create(name))).status).toBe(0);
  expect(await exists(name)).toBe(true);
  expect((await errorOf(create(name))).name).toBe('AlreadyExistsFault');
});

test('a lost request: nothing was applied, nor written into the ledger', async () => {
  const name = newName();
  const seen = (await admin.ledger()).length;
  await admin.addFault({ operation: 'CreateAutoScalingGroup', kind: 'lost-request' });
  expect((await errorOf(create(name))).status).toBe(0);
  expect(await exists(name)).toBe(false);
  expect(await admin.ledger(seen)).toEqual([]);
  await create(name);
});

test('throttling and internal errors come in the words of the service', async () => {
  await admin.addFault({ operation: 'CreateAutoScalingGroup', kind: 'throttle' });
  expect(await errorOf(create(newName()))).toMatchObject({ name: 'Throttling', message: 'Rate exceeded', status: 400 });
  await admin.addFault({ operation: 'CreateAutoScalingGroup', kind: 'error-500' });
  expect(await errorOf(create(newName()))).toMatchObject({ name: 'InternalFailure', status: 500 });
});

test('a fault hits the calls that it is for, as often as it says, after those it skips', async () => {
  const name = newName();
  await create(name);
  const fault = await admin.addFault({ operation: '*', inputContains: name, kind: 'throttle', times: 2, skip: 1 });
  expect(await exists('other')).toBe(false);
  expect(await exists(name)).toBe(true);
  expect((await errorOf(exists(name))).name).toBe('Throttling');
  expect((await errorOf(exists(name))).name).toBe('Throttling');
  expect(await exists(name)).toBe(true);
  expect((await admin.faults()).find(({ id }) => id === fault.id)?.hits).toBe(2);
});

test('a fault of one caller leaves the calls of all others alone', async () => {
  await admin.addFault({ operation: '*', caller: 'fleetshift', kind: 'throttle', times: 'always' });
  const { autoScaling } = createClients(cloud.sandbox.url, 'fleetshift');
  expect((await errorOf(autoScaling.send(new DescribeAutoScalingGroupsCommand({})))).name).toBe('Throttling');
  expect(await exists('web-v1')).toBe(true);
});

test('a stale read misses what was just made, and waits for something to be stale about', async () => {
  const name = newName();
  await admin.addFault({ operation: 'DescribeAutoScalingGroups', kind: 'stale-read', times: 2 });
  expect(await exists('web-v1')).toBe(true);
  await create(name);
  expect(await exists(name)).toBe(false);
  expect(await exists(name)).toBe(false);
  expect(await exists(name)).toBe(true);
});

test('a refused mutation leaves the stale state as it was', async () => {
  const name = newName();
  await admin.addFault({ operation: 'DescribeAutoScalingGroups', kind: 'stale-read' });
  await create(name);
  await errorOf(create(name));
  expect(await exists(name)).toBe(false);
});

test('a stale read never goes back to a time before it was asked for', async () => {
  const [first, second] = [newName(), newName()];
  await admin.addFault({ operation: 'DescribeAutoScalingGroups', kind: 'stale-read', inputContains: first });
  await create(first);
  await admin.addFault({ operation: 'DescribeAutoScalingGroups', kind: 'stale-read', inputContains: 'web-v1' });
  expect(await exists('web-v1')).toBe(true);
  expect((await admin.faults()).map(({ hits }) => hits)).toEqual([0, 0]);
  await create(second);
  await exists('web-v1');
  expect((await admin.faults()).map(({ hits }) => hits)).toEqual([0, 1]);
});

test('a stale read may look back to before an earlier mutation', async () => {
  const [first, second] = [newName(), newName()];
  const since = 'CreateAutoScalingGroup';
  await admin.addFault({ operation: 'DescribeAutoScalingGroups', kind: 'stale-read', since });
  await create(first);
  await cloud.clients.autoScaling
    .send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'none' }))
    .catch(() => 0);
  expect(await exists(first)).toBe(false);
  await create(second);
  expect(await exists(second)).toBe(true);
});

test('a stale read about one thing is as stale when something else was changed since', async () => {
  const [name, other] = [newName(), newName()];
  await admin.addFault({ operation: 'DescribeAutoScalingGroups', kind: 'stale-read', sinceInputContains: name });
  await create(name);
  await create(other);
  expect(await exists(name)).toBe(false);
  expect(await exists(name)).toBe(true);
});

test('a stale read shows the servers of a group as they were', async () => {
  const name = newName();
  await create(name, 1);
  const servers = async () =>
    (await describeGroup(cloud.clients, name)).Instances?.map(({ LifecycleState }) => LifecycleState) ?? [];
  await waitUntil('a server', servers, { until: ([state]) => state === 'InService' });
  await admin.addFault({ operation: 'DescribeAutoScalingGroups', kind: 'stale-read', inputContains: name });
  await cloud.clients.autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, DesiredCapacity: 0 }),
  );
  // Nothing but the one stale answer can show a server again once it is gone.
  const barrier = await admin.addBarrier({ operation: 'DescribeAutoScalingGroups', at: 'before', inputContains: name });
  const stale = servers();
  await barrier.waitUntilReached();
  await waitUntil('no server', async () => (await admin.steady()).steady);
  await barrier.release();
  expect(await stale).toEqual(['InService']);
  expect(await servers()).toEqual([]);
});

test('a barrier holds a call before it is applied', async () => {
  const name = newName();
  const barrier = await admin.addBarrier({ operation: 'CreateAutoScalingGroup', at: 'before', inputContains: name });
  const call = create(name);
  await barrier.waitUntilReached();
  expect(await exists(name)).toBe(false);
  await barrier.release();
  await call;
  expect(await exists(name)).toBe(true);
});

test('a barrier holds the answer of a call that was applied, and only of the first one', async () => {
  const [name, other] = [newName(), newName()];
  const barrier = await admin.addBarrier({ operation: 'CreateAutoScalingGroup', at: 'after' });
  const call = create(name);
  await barrier.waitUntilReached();
  expect(await exists(name)).toBe(true);
  await create(other);
  await barrier.release();
  await call;
});

test('a barrier that nobody reaches says so', async () => {
  const barrier = await admin.addBarrier({ operation: 'CreateAutoScalingGroup', at: 'before' });
  await expect(barrier.waitUntilReached(20)).rejects.toThrow(/no call of CreateAutoScalingGroup reached/);
});

test('a mistake in a fault is refused with its path', async () => {
  const wrong = admin.addFault({ operation: 'X', kind: 'latency' });
  await expect(wrong).rejects.toThrow(/latencyMs/);
});
