import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeLifecycleHooksCommand,
  DescribeNotificationConfigurationsCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
  DescribeWarmPoolCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { defaultWorld, loadWorld, WorldError } from '../../sandbox/world/load';
import { describeGroup, smallWorld, startTestCloud } from './test-cloud';

function worldFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'world-')), 'world.yml');
  writeFileSync(path, text);
  return path;
}

function mistakeOf(text: string): string {
  try {
    loadWorld(worldFile(text));
  } catch (error) {
    if (error instanceof WorldError) return error.message;
    throw error;
  }
  throw new Error('the world was taken');
}

test('the default world is one service of three servers, with a good, a bad and a broken new image', () => {
  const world = loadWorld(undefined);
  expect(Object.keys(world.images)).toEqual(['ami-web-v1', 'ami-web-v2', 'ami-web-v3-bad', 'ami-web-v4-never-healthy']);
  expect(world.images['ami-web-v3-bad']?.errorRate).toBe(0.08);
  expect(world.groups).toMatchObject([{ name: 'web-v1', desired: 3, tags: { service: 'web' } }]);
});

test('each copy of the default world can be changed by itself', () => {
  const copy = defaultWorld();
  copy.groups = [];
  expect(defaultWorld().groups).toHaveLength(1);
});

test('every mistake is told with its path', () => {
  const message = mistakeOf(`
images: { foo: { version: v1 }, ami-x: { version: v1, boot: soon } }
groups:
  - { name: a, template: nope, min: 0, max: one, desired: 0 }
unknown: 1
`);
  expect(message).toMatch(/images\.foo: expected an image id that starts with ami-/);
  expect(message).toMatch(/images\.ami-x\.boot: expected a duration such as/);
  expect(message).toMatch(/groups\.0\.max: /);
  expect(message).toMatch(/unknown/);
});

test('a name that refers to nothing is a mistake', () => {
  const message = mistakeOf(`
groups: [{ name: a, template: nope, min: 0, max: 1, desired: 0, targetGroups: [none] }]
loadBalancers: [{ name: b, listeners: [{ port: 0, forward: { gone: 1 } }] }]
`);
  expect(message).toMatch(/groups\.0\.template: there is no template 'nope'/);
  expect(message).toMatch(/groups\.0\.targetGroups: there is no target group 'none'/);
  expect(message).toMatch(/listeners\.0\.forward: there is no target group 'gone'/);
});

test('a file that is missing or no YAML is a mistake, with its path', () => {
  expect(() => loadWorld('/does/not/exist.yml')).toThrow(/cannot read the world file \/does\/not\/exist\.yml/);
  expect(mistakeOf('a: [')).toMatch(/cannot read the world file/);
});

test('what is described and does nothing is described as AWS would', async () => {
  const [group] = smallWorld.groups ?? [];
  if (!group) throw new Error('the small world has no group');
  const { sandbox, clients } = await startTestCloud({
    world: {
      ...smallWorld,
      launchTemplates: [
        { name: 'web', versions: [{ imageId: 'ami-1' }, { imageId: 'ami-2', userData: 'hello' }], defaultVersion: 2 },
      ],
      groups: [
        {
          ...group,
          lifecycleHooks: [{ LifecycleHookName: 'drain', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' }],
          scalingPolicies: [{ PolicyName: 'cpu', PolicyType: 'TargetTrackingScaling', Enabled: true }],
          scheduledActions: [{ ScheduledActionName: 'night', StartTime: '2030-01-01T00:00:00Z', MinSize: 0 }],
          notificationConfigurations: [{ TopicARN: 'arn:topic', NotificationType: 'autoscaling:EC2_INSTANCE_LAUNCH' }],
          warmPool: { MinSize: 1, PoolState: 'Stopped' },
        },
      ],
    },
  });
  try {
    const AutoScalingGroupName = 'web-v1';
    const named = { AutoScalingGroupName };
    const hooks = await clients.autoScaling.send(new DescribeLifecycleHooksCommand(named));
    expect(hooks.LifecycleHooks).toMatchObject([{ LifecycleHookName: 'drain', AutoScalingGroupName }]);
    const policies = await clients.autoScaling.send(new DescribePoliciesCommand(named));
    expect(policies.ScalingPolicies?.[0]).toMatchObject({ PolicyName: 'cpu', Enabled: true });
    expect(policies.ScalingPolicies?.[0]?.PolicyARN).toMatch(/policyName\/cpu$/);
    const scheduled = await clients.autoScaling.send(new DescribeScheduledActionsCommand(named));
    expect(scheduled.ScheduledUpdateGroupActions?.[0]?.StartTime).toEqual(new Date('2030-01-01T00:00:00Z'));
    const notified = await clients.autoScaling.send(new DescribeNotificationConfigurationsCommand({}));
    expect(notified.NotificationConfigurations).toMatchObject([{ TopicARN: 'arn:topic' }]);
    const pool = await clients.autoScaling.send(new DescribeWarmPoolCommand(named));
    expect(pool.WarmPoolConfiguration).toMatchObject({ MinSize: 1, PoolState: 'Stopped' });
    expect((await describeGroup(clients, AutoScalingGroupName)).WarmPoolConfiguration).toBeDefined();
    const versions = await clients.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'web', Versions: ['$Default'] }),
    );
    expect(versions.LaunchTemplateVersions?.[0]?.LaunchTemplateData).toEqual({
      ImageId: 'ami-2',
      UserData: Buffer.from('hello').toString('base64'),
    });
  } finally {
    await sandbox.close();
  }
});

test('the complete example in the documentation is a world', () => {
  const readme = readFileSync(join(__dirname, '..', '..', 'sandbox', 'README.md'), 'utf8');
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(loadWorld(worldFile(example)).groups).toMatchObject([{ name: 'web-v1', version: 1 }]);
});

test('a service can be added while the sandbox runs, and a mistaken one is refused with every mistake', async () => {
  const { sandbox, clients } = await startTestCloud();
  const added = { name: 'late-v1', template: 'late', min: 0, max: 6, desired: 2 };
  const launchTemplates = [{ name: 'late', versions: [{ imageId: 'ami-1', instanceType: 't3.micro' }] }];
  await sandbox.admin.addWorld({ launchTemplates, groups: [added] });
  await sandbox.admin.waitUntilSteady();
  expect((await describeGroup(clients, 'late-v1')).Instances).toHaveLength(2);
  await expect(sandbox.admin.addWorld({ groups: [added] })).rejects.toThrow(
    '400 {"error":"WorldError: what is to be added to the world is not usable:\\n  groups.0.template: there is no template \'late\'',
  );
  await sandbox.close();
});
