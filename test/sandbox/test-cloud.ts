import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  type AutoScalingGroup,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { STSClient } from '@aws-sdk/client-sts';
import { serveSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/serve';
import type { World } from '../../sandbox/world/schema';
import { FakeDataPlane } from './fake-data-plane';

export interface TestCloud {
  sandbox: Sandbox;
  dataPlane: FakeDataPlane;
  clients: Clients;
}

export type Clients = ReturnType<typeof createClients>;

/** Unmodified clients of the SDK; `accessKeyId` is all that the sandbox looks at. */
export function createClients(url: string, accessKeyId = 'sandbox') {
  const config = {
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId, secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  };
  return {
    autoScaling: new AutoScalingClient(config),
    ec2: new EC2Client(config),
    elb: new ElasticLoadBalancingV2Client(config),
    cloudWatch: new CloudWatchClient(config),
    sts: new STSClient(config),
  };
}

/** A sandbox without real servers, fast enough that nothing in it needs to be waited for long. */
export async function startTestCloud(options: SandboxOptions = {}): Promise<TestCloud> {
  const dataPlane = new FakeDataPlane();
  const sandbox = await serveSandbox({ speed: 200, world: smallWorld, ...options }, () => dataPlane);
  return { sandbox, dataPlane, clients: createClients(sandbox.url) };
}

export const smallWorld: World = {
  images: { 'ami-1': { version: 'v1' }, 'ami-2': { version: 'v2' } },
  launchTemplates: [{ name: 'web', versions: [{ imageId: 'ami-1', instanceType: 't3.micro' }] }],
  targetGroups: [{ name: 'web' }],
  loadBalancers: [{ name: 'web', listeners: [{ port: 0, forward: { web: 1 } }] }],
  groups: [
    {
      name: 'web-v1',
      template: 'web',
      version: 1,
      min: 0,
      max: 6,
      desired: 2,
      targetGroups: ['web'],
      tags: { service: 'web' },
    },
  ],
};

/** @throws Error when there is no such group. */
export async function describeGroup(clients: Clients, name: string): Promise<AutoScalingGroup> {
  const answer = await clients.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const [group] = answer.AutoScalingGroups ?? [];
  if (!group) throw new Error(`there is no group ${name}`);
  return group;
}

/** Name, message and status of the error that a call ends with. */
export async function errorOf(call: Promise<unknown>): Promise<{ name: string; message: string; status: number }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode ?? 0 };
  }
  throw new Error('the call succeeded');
}
