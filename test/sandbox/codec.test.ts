import {
  AlreadyExistsFault,
  AutoScalingServiceException,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  PutScalingPolicyCommand,
} from '@aws-sdk/client-auto-scaling';
import { GetMetricDataCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeTargetGroupsCommand,
  ModifyTargetGroupCommand,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createClients, describeGroup, errorOf, startTestCloud, type TestCloud } from './test-cloud';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.sandbox.close());

test('nested lists, flags, zeroes and special characters survive awsQuery in both directions', async () => {
  const { clients } = cloud;
  const value = 'a&b <c> "d" \u00fc\n\ttab';
  const mixed = {
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '1' },
      Overrides: [{ InstanceType: 't3.micro', WeightedCapacity: '2' }, { InstanceType: 't3.small' }],
    },
    InstancesDistribution: { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 50 },
  };
  await clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'codec-mixed',
      MinSize: 0,
      MaxSize: 0,
      MixedInstancesPolicy: mixed,
      AvailabilityZones: ['eu-west-1a', 'eu-west-1b'],
      Tags: [{ Key: 'k', Value: value, PropagateAtLaunch: false }],
      NewInstancesProtectedFromScaleIn: true,
    }),
  );
  const group = await describeGroup(clients, 'codec-mixed');
  expect(group.MixedInstancesPolicy).toEqual(mixed);
  expect(group.AvailabilityZones).toEqual(['eu-west-1a', 'eu-west-1b']);
  expect(group.Tags).toEqual([
    { ResourceId: 'codec-mixed', ResourceType: 'auto-scaling-group', Key: 'k', Value: value, PropagateAtLaunch: false },
  ]);
  expect(group).toMatchObject({
    MinSize: 0,
    DesiredCapacity: 0,
    NewInstancesProtectedFromScaleIn: true,
    Instances: [],
  });
  expect(group.CreatedTime).toBeInstanceOf(Date);
});

test('ec2Query carries nested template data, tags and dates', async () => {
  const { clients } = cloud;
  const data = {
    ImageId: 'ami-1',
    UserData: Buffer.from('#!/bin/sh').toString('base64'),
    NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: ['sg-1', 'sg-2'] }],
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, DeleteOnTermination: true } }],
    SecurityGroupIds: ['sg-1'],
    MetadataOptions: { HttpTokens: 'required' as const },
    TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key: 'a', Value: 'b' }] }],
  };
  const created = await clients.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'codec-template',
      LaunchTemplateData: data,
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'service', Value: 'x & y' }] }],
    }),
  );
  expect(created.LaunchTemplate?.CreateTime).toBeInstanceOf(Date);
  const versions = await clients.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'codec-template', Versions: ['$Latest'] }),
  );
  expect(versions.LaunchTemplateVersions?.[0]?.LaunchTemplateData).toEqual(data);
  const found = await clients.ec2.send(
    new DescribeLaunchTemplatesCommand({ Filters: [{ Name: 'tag:service', Values: ['x & y'] }] }),
  );
  expect(found.LaunchTemplates?.map((template) => template.LaunchTemplateName)).toEqual(['codec-template']);
});

test('awsJson carries dates as numbers, and a request that the client compressed', async () => {
  const { clients, dataPlane } = cloud;
  dataPlane.points = [{ startMs: 1_700_000_000_000, value: 0.5 }];
  const queries = Array.from({ length: 100 }, (_, index) => ({
    Id: `q${index}`,
    Label: 'x'.repeat(200),
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount', Dimensions: [] },
      Period: 60,
      Stat: 'Sum',
    },
  }));
  const answer = await clients.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(1_700_000_000_000),
      EndTime: new Date(1_700_000_060_000),
    }),
  );
  expect(answer.MetricDataResults).toHaveLength(100);
  expect(answer.MetricDataResults?.[99]).toMatchObject({
    Id: 'q99',
    Timestamps: [new Date(1_700_000_000_000)],
    Values: [0.5],
    StatusCode: 'Complete',
  });
});

test('an error becomes the class that the client has for it', async () => {
  const { clients } = cloud;
  const create = new CreateAutoScalingGroupCommand({
    AutoScalingGroupName: 'web-v1',
    MinSize: 0,
    MaxSize: 0,
    LaunchTemplate: { LaunchTemplateName: 'web' },
    AvailabilityZones: ['eu-west-1a'],
  });
  await expect(clients.autoScaling.send(create)).rejects.toBeInstanceOf(AlreadyExistsFault);
  const describe = new DescribeTargetGroupsCommand({ TargetGroupArns: ['arn:aws:none'] });
  await expect(clients.elb.send(describe)).rejects.toBeInstanceOf(TargetGroupNotFoundException);
});

test('an error without a class keeps its code as its name', async () => {
  const { clients } = cloud;
  const call = clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'x', MinSize: 0, MaxSize: 0 }),
  );
  await expect(call).rejects.toBeInstanceOf(AutoScalingServiceException);
  expect(await errorOf(call)).toMatchObject({ name: 'ValidationError', status: 400 });
  const instances = clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-0'] }));
  expect(await errorOf(instances)).toMatchObject({ name: 'InvalidInstanceID.NotFound', status: 400 });
});

test('a missing required member is refused before anything is done', async () => {
  const { clients } = cloud;
  const call = clients.elb.send(new ModifyTargetGroupCommand({ TargetGroupArn: undefined }));
  expect(await errorOf(call)).toMatchObject({ name: 'ValidationError', status: 400 });
  const create = clients.ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: undefined, LaunchTemplateData: {} }),
  );
  expect(await errorOf(create)).toMatchObject({ name: 'MissingParameter' });
});

test('an unknown operation is answered as each service does', async () => {
  const { clients } = cloud;
  const policy = clients.autoScaling.send(
    new PutScalingPolicyCommand({ AutoScalingGroupName: 'web-v1', PolicyName: 'p' }),
  );
  expect(await errorOf(policy)).toMatchObject({ name: 'InvalidAction', status: 400 });
  expect(await errorOf(clients.ec2.send(new DescribeVolumesCommand({})))).toMatchObject({ name: 'InvalidAction' });
  const dashboards = clients.cloudWatch.send(new ListDashboardsCommand({}));
  expect(await errorOf(dashboards)).toMatchObject({ name: 'UnknownOperationException' });
});

test('a bad access key fails as the service says, on every service', async () => {
  const bad = createClients(cloud.sandbox.url, 'INVALIDKEY');
  const expected = { name: 'InvalidClientTokenId', status: 403 };
  expect(await errorOf(bad.sts.send(new GetCallerIdentityCommand({})))).toMatchObject(expected);
  expect(await errorOf(bad.autoScaling.send(new DescribeAutoScalingInstancesCommand({})))).toMatchObject(expected);
  expect(await errorOf(bad.elb.send(new DescribeTargetGroupsCommand({})))).toMatchObject(expected);
  expect(await errorOf(bad.ec2.send(new DescribeInstancesCommand({})))).toMatchObject({
    name: 'AuthFailure',
    status: 401,
  });
});

test('an unsigned request is refused', async () => {
  const body = 'Action=DescribeAutoScalingGroups&Version=2011-01-01';
  const response = await fetch(cloud.sandbox.url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
});

test('the caller is told its account', async () => {
  const identity = await cloud.clients.sts.send(new GetCallerIdentityCommand({}));
  expect(identity.Account).toBe('123456789012');
});

test('a page ends with a token that leads to the next one', async () => {
  const { clients } = cloud;
  const names = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await clients.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ MaxRecords: 1, ...(NextToken ? { NextToken } : {}) }),
    );
    expect(page.AutoScalingGroups).toHaveLength(1);
    for (const group of page.AutoScalingGroups ?? []) names.add(group.AutoScalingGroupName ?? '');
    NextToken = page.NextToken;
  } while (NextToken);
  expect(names).toContain('web-v1');
});
