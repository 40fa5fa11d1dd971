import { randomUUID } from 'node:crypto';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-ec2';
import { errorOf, startTestCloud, type Clients, type TestCloud } from './test-cloud';

let cloud: TestCloud;
let clients: Clients;
beforeAll(async () => {
  cloud = await startTestCloud();
  clients = cloud.clients;
});
afterAll(() => cloud.sandbox.close());

const newName = () => `template-${randomUUID()}`;

function create(LaunchTemplateName: string, ClientToken: string = randomUUID(), ImageId = 'ami-1') {
  const LaunchTemplateData = { ImageId, InstanceType: 't3.micro' as const };
  return clients.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData, ClientToken }));
}

async function dataOf(LaunchTemplateName: string, version: string) {
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName, Versions: [version] });
  return (await clients.ec2.send(command)).LaunchTemplateVersions?.[0]?.LaunchTemplateData;
}

test('a repeated token makes one template and answers it again', async () => {
  const [name, token] = [newName(), randomUUID()];
  const first = await create(name, token);
  const second = await create(name, token);
  expect(second.LaunchTemplate?.LaunchTemplateId).toBe(first.LaunchTemplate?.LaunchTemplateId);
});

test('a token with other parameters is refused', async () => {
  const [name, token] = [newName(), randomUUID()];
  await create(name, token);
  expect((await errorOf(create(name, token, 'ami-2'))).name).toBe('IdempotentParameterMismatch');
});

test('a name is taken once', async () => {
  const name = newName();
  await create(name);
  expect((await errorOf(create(name))).name).toBe('InvalidLaunchTemplateName.AlreadyExistsException');
});

test('a version inherits from its source, and without one holds only what was passed', async () => {
  const name = newName();
  await create(name);
  const add = (SourceVersion?: string) =>
    clients.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: { ImageId: 'ami-2' },
        ...(SourceVersion ? { SourceVersion } : {}),
      }),
    );
  await add('1');
  await add();
  expect(await dataOf(name, '2')).toEqual({ ImageId: 'ami-2', InstanceType: 't3.micro' });
  expect(await dataOf(name, '$Latest')).toEqual({ ImageId: 'ami-2' });
  expect(await dataOf(name, '$Default')).toEqual({ ImageId: 'ami-1', InstanceType: 't3.micro' });
});

test('a repeated token makes one version', async () => {
  const name = newName();
  await create(name);
  const command = new CreateLaunchTemplateVersionCommand({
    LaunchTemplateName: name,
    LaunchTemplateData: { ImageId: 'ami-2' },
    ClientToken: randomUUID(),
  });
  await clients.ec2.send(command);
  await clients.ec2.send(command);
  const found = await clients.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] }));
  expect(found.LaunchTemplates?.[0]).toMatchObject({ LatestVersionNumber: 2, DefaultVersionNumber: 1 });
});

test('unknown templates, versions and images, and malformed ids, are errors, each with its own code', async () => {
  const name = newName();
  const byName = clients.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] }));
  expect((await errorOf(byName)).name).toBe('InvalidLaunchTemplateName.NotFoundException');
  const byId = (id: string) =>
    errorOf(clients.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] })));
  expect((await byId('lt-0123456789abcdef0')).name).toBe('InvalidLaunchTemplateId.NotFound');
  for (const malformed of ['', 'web', 'lt-0'])
    expect((await byId(malformed)).name).toBe('InvalidLaunchTemplateId.Malformed');
  await create(name);
  expect((await errorOf(dataOf(name, '9'))).name).toBe('InvalidLaunchTemplateId.VersionNotFound');
  const image = clients.ec2.send(new DescribeImagesCommand({ ImageIds: ['ami-0'] }));
  expect((await errorOf(image)).name).toBe('InvalidAMIID.NotFound');
});

test('a deleted template is gone', async () => {
  const name = newName();
  await create(name);
  await clients.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: name }));
  expect((await errorOf(dataOf(name, '1'))).name).toBe('InvalidLaunchTemplateName.NotFoundException');
});

test('tags of a template can be changed and listed', async () => {
  const created = await create(newName());
  const id = created.LaunchTemplate?.LaunchTemplateId ?? '';
  await clients.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: '1' }] }));
  const answer = await clients.ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }));
  expect(answer.Tags).toEqual([{ ResourceId: id, ResourceType: 'launch-template', Key: 'a', Value: '1' }]);
});

test('user data over 16 KiB, and user data that is not base64, are refused', async () => {
  const withUserData = (UserData: string) =>
    clients.ec2.send(
      new CreateLaunchTemplateCommand({ LaunchTemplateName: newName(), LaunchTemplateData: { UserData } }),
    );
  expect((await errorOf(withUserData(Buffer.alloc(16_385).toString('base64')))).name).toBe('InvalidParameterValue');
  expect((await errorOf(withUserData('#!/bin/sh'))).name).toBe('InvalidUserData.Malformed');
});
