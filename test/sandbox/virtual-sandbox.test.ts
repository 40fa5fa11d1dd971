import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { startSandbox, type Sandbox } from '../../sandbox/start';
import type { World } from '../../sandbox/world/schema';
import { waitUntil } from '../support/wait-until';
import { createClients } from './test-cloud';

let sandbox: Sandbox;
const services = Array.from({ length: 1000 }, (_, index) => `s${index}`);

/** Each service has a balancer and two groups of servers with a target group of their own. */
function manyServices(): World {
  const colours = services.flatMap((service) => [`${service}-old`, `${service}-new`]);
  return {
    images: { 'ami-1': { version: 'v1' } },
    launchTemplates: [{ name: 'one', versions: [{ imageId: 'ami-1', instanceType: 't3.micro' }] }],
    targetGroups: colours.map((name) => ({ name })),
    loadBalancers: services.map((name) => ({
      name,
      listeners: [{ port: 0, forward: { [`${name}-old`]: 9, [`${name}-new`]: 1 }, virtualLoad: 0 }],
    })),
    groups: colours.map((name) => ({ name, template: 'one', min: 0, max: 2, desired: 2, targetGroups: [name] })),
  };
}

beforeAll(async () => {
  sandbox = await startSandbox({ dataPlane: 'virtual', speed: 10, world: manyServices() });
  await sandbox.admin.waitUntilSteady();
});

afterAll(() => sandbox.close());

test('a thousand services with two groups each become steady, and their calls are answered', async () => {
  const { autoScaling } = createClients(sandbox.url);
  const answer = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['s7-old', 's999-new'] }),
  );
  expect(answer.AutoScalingGroups?.map((group) => group.Instances?.length)).toEqual([2, 2]);
  expect(Object.keys(await sandbox.admin.virtualTraffic())).toHaveLength(1000);
});

test('the load of one balancer is changed while it runs, and nobody else is touched', async () => {
  await sandbox.admin.setVirtualLoad('s3', 500);
  const traffic = await waitUntil('traffic', () => sandbox.admin.virtualTraffic(), {
    until: ({ s3 }) => (s3?.requests ?? 0) > 0,
  });
  expect(traffic['s3']).toMatchObject({ failedByTargets: 0, unanswered: 0 });
  expect(traffic['s4']).toEqual({ requests: 0, failedByTargets: 0, unanswered: 0 });
});

test('a load for a balancer that does not exist is refused with the reason', async () => {
  await expect(sandbox.admin.setVirtualLoad('nobody', 1)).rejects.toThrow("there is no balancer 'nobody'");
});

test('a crashed server is replaced, as a real one is', async () => {
  const { autoScaling } = createClients(sandbox.url);
  const describe = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['s5-old'] });
  const idsOf = async () =>
    (await autoScaling.send(describe)).AutoScalingGroups?.[0]?.Instances?.map(({ InstanceId }) => InstanceId) ?? [];
  const [crashed] = await idsOf();
  await sandbox.admin.crashInstance(crashed ?? '');
  await waitUntil('another server', idsOf, { until: (ids) => ids.length === 2 && !ids.includes(crashed) });
});
