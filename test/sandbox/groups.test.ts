import { randomUUID } from 'node:crypto';
import {
  AttachLoadBalancerTargetGroupsCommand,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLoadBalancerTargetGroupsCommand,
  DescribeScalingActivitiesCommand,
  DetachLoadBalancerTargetGroupsCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  type Instance,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { waitUntil } from '../support/wait-until';
import { describeGroup, errorOf, startTestCloud, type Clients, type TestCloud } from './test-cloud';

let cloud: TestCloud;
let clients: Clients;
beforeAll(async () => {
  cloud = await startTestCloud();
  clients = cloud.clients;
});
afterAll(() => cloud.sandbox.close());

type Changes = Partial<CreateAutoScalingGroupCommandInput>;

async function createGroup(changes: Changes = {}): Promise<string> {
  const AutoScalingGroupName = `g-${randomUUID()}`;
  await clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: 0,
      MaxSize: 5,
      DesiredCapacity: 0,
      LaunchTemplate: { LaunchTemplateName: 'web', Version: '1' },
      VPCZoneIdentifier: 'subnet-a,subnet-b',
      ...changes,
    }),
  );
  return AutoScalingGroupName;
}

async function createTargetGroup(): Promise<string> {
  const answer = await clients.elb.send(
    new CreateTargetGroupCommand({ Name: `tg-${randomUUID().slice(0, 8)}`, Protocol: 'HTTP', Port: 8080 }),
  );
  return answer.TargetGroups?.[0]?.TargetGroupArn ?? '';
}

async function instancesInService(name: string, count: number): Promise<Instance[]> {
  let found: Instance[] = [];
  await waitUntil(`${count} instances in service in ${name}`, async () => {
    const all = (await describeGroup(clients, name)).Instances ?? [];
    found = all.filter((instance) => instance.LifecycleState === 'InService');
    return found.length === count && all.length === count;
  });
  return found;
}

async function activities(name: string) {
  const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name });
  return (await clients.autoScaling.send(command)).Activities ?? [];
}

function refusal(changes: Changes) {
  return errorOf(createGroup(changes));
}

describe('what Create refuses', () => {
  test('zones by name and by id together', async () => {
    const error = await refusal({ AvailabilityZones: ['eu-west-1a'], AvailabilityZoneIds: ['az1'] });
    expect(error.name).toBe('ValidationError');
  });
  test('subnets that lie in other zones than those given', async () => {
    const error = await refusal({ VPCZoneIdentifier: 'subnet-a', AvailabilityZones: ['eu-west-1b'] });
    expect(error.message).toMatch(/availability zones of the specified subnets/);
  });
  test('neither zones nor subnets', async () => {
    const error = await refusal({ VPCZoneIdentifier: undefined });
    expect(error.message).toMatch(/At least one Availability Zone/);
  });
  test('a template by id and by name', async () => {
    const error = await refusal({ LaunchTemplate: { LaunchTemplateName: 'web', LaunchTemplateId: 'lt-1' } });
    expect(error.message).toMatch(/either launchTemplateId or LaunchTemplateName/);
  });
  test('a template, a version or an image that does not exist', async () => {
    const noTemplate = await refusal({ LaunchTemplate: { LaunchTemplateName: 'nope' } });
    expect(noTemplate).toMatchObject({ name: 'ValidationError', status: 400 });
    const noVersion = await refusal({ LaunchTemplate: { LaunchTemplateName: 'web', Version: '99' } });
    expect(noVersion.message).toMatch(/fully-formed launch template.*version 99/);
    const bare = await clients.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateName: 'web',
        LaunchTemplateData: { ImageId: 'ami-unknown' },
      }),
    );
    const Version = String(bare.LaunchTemplateVersion?.VersionNumber);
    const noImage = await refusal({ LaunchTemplate: { LaunchTemplateName: 'web', Version } });
    expect(noImage.message).toMatch(/The image id '\[ami-unknown\]' does not exist/);
  });
  test('a target group that does not exist, or one given in both lists', async () => {
    expect((await refusal({ TargetGroupARNs: ['arn:none'] })).message).toMatch(/Target Groups may not be valid/);
    const arn = await createTargetGroup();
    const both = await refusal({ TargetGroupARNs: [arn], TrafficSources: [{ Identifier: arn, Type: 'elbv2' }] });
    expect(both.name).toBe('ValidationError');
  });
  test('sizes that do not fit, reserved tags, tags of another group, names with a colon', async () => {
    expect((await refusal({ DesiredCapacity: 9 })).message).toMatch(/Desired capacity:9 must be between/);
    expect((await refusal({ MinSize: 6 })).message).toMatch(/Max bound/);
    expect((await refusal({ Tags: [{ Key: 'aws:x', Value: '1' }] })).message).toMatch(/reserved/);
    expect((await refusal({ Tags: [{ Key: 'x', ResourceId: 'old-group' }] })).message).toMatch(/old-group/);
    expect((await refusal({ AutoScalingGroupName: 'a:b' })).name).toBe('ValidationError');
  });
});

test('Describe gives back what Create was given, and both views of a target group', async () => {
  const arn = await createTargetGroup();
  const given: Changes = {
    TargetGroupARNs: [arn],
    TerminationPolicies: ['OldestInstance'],
    DefaultInstanceWarmup: 0,
    InstanceMaintenancePolicy: { MinHealthyPercentage: 90, MaxHealthyPercentage: 120 },
    CapacityRebalance: true,
    Context: 'ctx',
  };
  const group = await describeGroup(clients, await createGroup(given));
  expect(group).toMatchObject(given);
  expect(group.TrafficSources).toEqual([{ Identifier: arn, Type: 'elbv2' }]);
  expect(group.AvailabilityZones).toEqual(['eu-west-1a', 'eu-west-1b']);
  expect(group.LaunchTemplate).toMatchObject({ LaunchTemplateName: 'web', Version: '1' });
  expect(group.LaunchTemplate?.LaunchTemplateId).toMatch(/^lt-/);
});

test('a name that does not exist is left out of Describe, and refused by every write', async () => {
  const describe = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['none'] });
  expect((await clients.autoScaling.send(describe)).AutoScalingGroups).toEqual([]);
  const update = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'none', MinSize: 1 });
  expect(await errorOf(clients.autoScaling.send(update))).toMatchObject({
    name: 'ValidationError',
    message: "AutoScalingGroup name not found - AutoScalingGroup 'none' not found",
  });
});

test('groups are found by tag key and by tag value', async () => {
  const value = randomUUID();
  const name = await createGroup({ Tags: [{ Key: 'find-me', Value: value }] });
  const find = async (Name: string, wanted: string) => {
    const command = new DescribeAutoScalingGroupsCommand({ Filters: [{ Name, Values: [wanted] }] });
    return (await clients.autoScaling.send(command)).AutoScalingGroups?.map((group) => group.AutoScalingGroupName);
  };
  expect(await find('tag:find-me', value)).toEqual([name]);
  expect(await find('tag-key', 'find-me')).toContain(name);
  expect(await find('tag:find-me', 'other')).toEqual([]);
});

test('servers come into service, registered, and carry the pinned template and the tags', async () => {
  const name = await createGroup({
    DesiredCapacity: 2,
    TargetGroupARNs: [await webTargetGroup()],
    Tags: [{ Key: 'service', Value: 'x', PropagateAtLaunch: true }],
  });
  const [first] = await instancesInService(name, 2);
  expect(first).toMatchObject({ ImageId: 'ami-1', LaunchTemplate: { LaunchTemplateName: 'web', Version: '1' } });
  const answer = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [first?.InstanceId ?? ''] }));
  const instance = answer.Reservations?.[0]?.Instances?.[0];
  expect(instance).toMatchObject({ ImageId: 'ami-1', State: { Name: 'running' } });
  expect(instance?.PrivateIpAddress).toMatch(/^127\./);
  expect(instance?.Tags).toEqual(
    expect.arrayContaining([
      { Key: 'service', Value: 'x' },
      { Key: 'aws:autoscaling:groupName', Value: name },
    ]),
  );
  const launches = await activities(name);
  expect(launches.map((activity) => activity.StatusCode)).toEqual(['Successful', 'Successful']);
  expect(await healthOf(await webTargetGroup(), first)).toMatchObject({ State: 'healthy' });
});

test('$Latest is resolved again at each launch', async () => {
  const name = await createGroup({ DesiredCapacity: 1, LaunchTemplate: { LaunchTemplateName: 'web' } });
  await instancesInService(name, 1);
  const created = await clients.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: 'web',
      LaunchTemplateData: { ImageId: 'ami-2', InstanceType: 't3.micro' },
    }),
  );
  const latest = String(created.LaunchTemplateVersion?.VersionNumber);
  await clients.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      DesiredCapacity: 2,
      LaunchTemplate: { LaunchTemplateName: 'web', Version: '$Latest' },
    }),
  );
  const instances = await instancesInService(name, 2);
  expect(instances.map((instance) => instance.ImageId).sort()).toEqual(['ami-1', 'ami-2']);
  expect(instances.map((instance) => instance.LaunchTemplate?.Version).sort()).toEqual(['1', latest].sort());
});

test('a launch that fails is told in an activity and tried again', async () => {
  const name = await createGroup();
  await cloud.sandbox.admin.failLaunches({ groupName: name, statusMessage: 'We do not have capacity', times: 2 });
  await clients.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: 1 }));
  await instancesInService(name, 1);
  const failed = (await activities(name)).filter((activity) => activity.StatusCode === 'Failed');
  expect(failed).toHaveLength(2);
  expect(failed[0]?.StatusMessage).toBe('We do not have capacity. Launching EC2 instance failed.');
});

test('an image that is gone fails the launch with the words of EC2', async () => {
  const image = `ami-${randomUUID()}`;
  await cloud.sandbox.admin.putImage(image, { version: 'gone' });
  const template = await clients.ec2.send(
    new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: image } }),
  );
  const Version = String(template.LaunchTemplateVersion?.VersionNumber);
  const name = await createGroup({ LaunchTemplate: { LaunchTemplateName: 'web', Version } });
  await cloud.sandbox.admin.deregisterImage(image);
  await clients.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: 1 }));
  await waitUntil('a second try', async () => (await activities(name)).length >= 2);
  expect((await activities(name))[0]).toMatchObject({
    StatusCode: 'Failed',
    StatusMessage: `The image id '[${image}]' does not exist. Launching EC2 instance failed.`,
  });
});

test('a new minimum above the desired capacity raises it, a new maximum below lowers it', async () => {
  const name = await createGroup({ MaxSize: 5 });
  const update = (sizes: object) =>
    clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...sizes }));
  await update({ MinSize: 2 });
  expect((await describeGroup(clients, name)).DesiredCapacity).toBe(2);
  await update({ MinSize: 0, MaxSize: 1 });
  expect((await describeGroup(clients, name)).DesiredCapacity).toBe(1);
  const tooMany = new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: 2 });
  expect((await errorOf(clients.autoScaling.send(tooMany))).message).toMatch(/above max value 1/);
});

test('protected servers stay when the desired capacity drops', async () => {
  const name = await createGroup({ DesiredCapacity: 2, NewInstancesProtectedFromScaleIn: true });
  const [first, second] = await instancesInService(name, 2);
  await clients.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: 0 }));
  await clients.autoScaling.send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: name,
      InstanceIds: [first?.InstanceId ?? ''],
      ProtectedFromScaleIn: false,
    }),
  );
  const left = await instancesInService(name, 1);
  expect(left.map((instance) => instance.InstanceId)).toEqual([second?.InstanceId]);
  expect((await describeGroup(clients, name)).DesiredCapacity).toBe(0);
});

test('a server leaves only after it is drained, and until then the group cannot be deleted', async () => {
  const name = await createGroup({ DesiredCapacity: 1, TargetGroupARNs: [await webTargetGroup()] });
  const [instance] = await instancesInService(name, 1);
  const remove = () => clients.autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name }));
  expect((await errorOf(remove())).name).toBe('ResourceInUseFault');
  cloud.dataPlane.holdDraining = true;
  await clients.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: instance?.InstanceId,
      ShouldDecrementDesiredCapacity: true,
    }),
  );
  const terminating = await describeGroup(clients, name);
  expect(terminating).toMatchObject({ DesiredCapacity: 0, Instances: [{ LifecycleState: 'Terminating' }] });
  expect((await errorOf(remove())).name).toBe('ScalingActivityInProgressFault');
  expect(cloud.dataPlane.isRunning(instance?.InstanceId ?? '')).toBe(true);
  cloud.dataPlane.finishDraining();
  await instancesInService(name, 0);
  await remove();
  expect((await errorOf(describeGroup(clients, name))).message).toMatch(/there is no group/);
});

test('a forced deletion shows its status, waits for no draining, and ends with the group gone', async () => {
  const name = await createGroup({ DesiredCapacity: 1, TargetGroupARNs: [await webTargetGroup()] });
  await instancesInService(name, 1);
  Object.assign(cloud.dataPlane, { holdDraining: true, holdTermination: true });
  await clients.autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete: true }));
  expect((await describeGroup(clients, name)).Status).toBe('Delete in progress');
  const raise = new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: 1 });
  expect((await errorOf(clients.autoScaling.send(raise))).name).toBe('ScalingActivityInProgressFault');
  cloud.dataPlane.finishTermination();
  await waitUntil('the group to be gone', async () => {
    const describe = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    return (await clients.autoScaling.send(describe)).AutoScalingGroups?.length === 0;
  });
  cloud.dataPlane.finishDraining();
});

test('a decrement below the minimum is refused; without it the server is replaced', async () => {
  const name = await createGroup({ MinSize: 1, DesiredCapacity: 1 });
  const [old] = await instancesInService(name, 1);
  const terminate = (ShouldDecrementDesiredCapacity: boolean) =>
    clients.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: old?.InstanceId, ShouldDecrementDesiredCapacity }),
    );
  expect((await errorOf(terminate(true))).message).toMatch(/desiredSize equals minSize/);
  await terminate(false);
  await waitUntil('a replacement', async () => (await instancesInService(name, 1))[0]?.InstanceId !== old?.InstanceId);
});

test('a server whose process died is replaced', async () => {
  const name = await createGroup({ DesiredCapacity: 1 });
  const [old] = await instancesInService(name, 1);
  cloud.dataPlane.crash(old?.InstanceId ?? '');
  await waitUntil('a replacement', async () => (await instancesInService(name, 1))[0]?.InstanceId !== old?.InstanceId);
  expect((await activities(name)).map((activity) => activity.Cause).join()).toMatch(/EC2 health check/);
});

test('an unhealthy target is replaced only where the group asks the balancer', async () => {
  const TargetGroupARNs = [await webTargetGroup()];
  const watching = await createGroup({ DesiredCapacity: 1, TargetGroupARNs, HealthCheckType: 'ELB' });
  const ignoring = await createGroup({ DesiredCapacity: 1, TargetGroupARNs, HealthCheckType: 'EC2' });
  const [watched] = await instancesInService(watching, 1);
  const [ignored] = await instancesInService(ignoring, 1);
  cloud.dataPlane.unhealthy.add(watched?.InstanceId ?? '').add(ignored?.InstanceId ?? '');
  await waitUntil(
    'a replacement',
    async () => (await instancesInService(watching, 1))[0]?.InstanceId !== watched?.InstanceId,
  );
  expect((await instancesInService(ignoring, 1))[0]?.InstanceId).toBe(ignored?.InstanceId);
});

test('attached at creation a target group is InService at once; attached later, once a target is healthy', async () => {
  const early = await createTargetGroup();
  const late = await createTargetGroup();
  const name = await createGroup({ DesiredCapacity: 1, TargetGroupARNs: [early] });
  await instancesInService(name, 1);
  await clients.autoScaling.send(
    new AttachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName: name, TargetGroupARNs: [late] }),
  );
  expect(await attachments(name)).toEqual({ [early]: 'InService', [late]: 'Added' });
  cloud.dataPlane.holdDraining = true;
  await clients.autoScaling.send(
    new DetachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName: name, TargetGroupARNs: [late] }),
  );
  expect(await attachments(name)).toEqual({ [early]: 'InService', [late]: 'Removing' });
  cloud.dataPlane.finishDraining();
  await waitUntil('the end of draining', async () => !(late in (await attachments(name))));
  await clients.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: late }));
});

test('tags are added, changed and checked', async () => {
  const name = await createGroup({ Tags: [{ Key: 'a', Value: '1' }] });
  const tag = (Key: string, Value: string) => ({
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
    Key,
    Value,
    PropagateAtLaunch: false,
  });
  await clients.autoScaling.send(new CreateOrUpdateTagsCommand({ Tags: [tag('a', '2'), tag('b', '3')] }));
  expect((await describeGroup(clients, name)).Tags?.map(({ Key, Value }) => [Key, Value])).toEqual([
    ['a', '2'],
    ['b', '3'],
  ]);
});

test('unknown instances are left out without an error', async () => {
  const answer = await clients.autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: ['i-0'] }));
  expect(answer.AutoScalingInstances).toEqual([]);
});

async function webTargetGroup(): Promise<string> {
  return (await describeGroup(clients, 'web-v1')).TargetGroupARNs?.[0] ?? '';
}

async function healthOf(TargetGroupArn: string, instance: Instance | undefined) {
  const Targets = [{ Id: instance?.InstanceId ?? '' }];
  const answer = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn, Targets }));
  return answer.TargetHealthDescriptions?.[0]?.TargetHealth;
}

async function attachments(name: string): Promise<Record<string, string | undefined>> {
  const command = new DescribeLoadBalancerTargetGroupsCommand({ AutoScalingGroupName: name });
  const rows = (await clients.autoScaling.send(command)).LoadBalancerTargetGroups ?? [];
  return Object.fromEntries(rows.map((row) => [row.LoadBalancerTargetGroupARN ?? '', row.State]));
}
