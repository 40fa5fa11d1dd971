import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CreateAutoScalingGroupCommand, SetDesiredCapacityCommand, type Instance } from '@aws-sdk/client-auto-scaling';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import {
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SandboxAdmin } from '../../sandbox/admin-client';
import { defaultWorld, startSandbox, type Sandbox } from '../../sandbox/start';
import { waitUntil } from '../support/wait-until';
import { createClients, describeGroup, errorOf, type Clients } from './test-cloud';

describe('with real servers and balancers', () => {
  let sandbox: Sandbox;
  let clients: Clients;
  beforeAll(async () => {
    const world = defaultWorld();
    sandbox = await startSandbox({ world, speed: 20, metricLagSeconds: 0.5, propagationLagSeconds: 1 });
    clients = createClients(sandbox.url);
    await sandbox.admin.waitUntilSteady();
  });
  afterAll(() => sandbox.close());

  test('the balancer answers from the servers of the world, and its metrics count the requests', async () => {
    const response = await fetch(sandbox.listenerUrl('web'));
    expect(response.status).toBe(200);
    expect(response.headers.get('x-version')).toBe('v1');
    await waitUntil('the request in the metrics', async () => (await requestCount('LoadBalancer')) >= 1);
  });

  test('calls are counted by operation, reads too, refused ones too', async () => {
    const count = async () => (await sandbox.admin.calls())['elasticloadbalancing:DescribeListeners'] ?? 0;
    const before = await count();
    await clients.elb.send(new DescribeListenersCommand({ ListenerArns: ['arn:none'] })).catch(() => undefined);
    await clients.elb.send(new DescribeLoadBalancersCommand({}));
    expect(await count()).toBe(before + 1);
  });

  test('a second fleet is unused until its group is referenced, healthy at weight 0, and takes over by weight', async () => {
    const created = await clients.elb.send(
      new CreateTargetGroupCommand({
        Name: 'web-v2',
        Protocol: 'HTTP',
        Port: 8080,
        HealthCheckPath: '/healthz',
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 2,
        HealthyThresholdCount: 2,
      }),
    );
    const newArn = created.TargetGroups?.[0]?.TargetGroupArn ?? '';
    await createGroupOfV2(newArn);
    await waitUntil('unused targets', async () => (await states(newArn)).join() === 'unused');
    await split(newArn, 0);
    await waitUntil('healthy targets', async () => (await states(newArn)).join() === 'healthy');
    expect(await servedVersion()).toBe('v1');
    await split(newArn, 100);
    await waitUntil('the new version', async () => (await servedVersion()) === 'v2');
    await split(newArn, 0);
    await waitUntil('the old version', async () => (await servedVersion()) === 'v1');
  });

  test('a server that is scaled in drains, ends, and leaves its target group', async () => {
    const before = await instancesOf('web-v1');
    await clients.autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web-v1', DesiredCapacity: 4 }),
    );
    await sandbox.admin.waitUntilSteady();
    expect(await instancesOf('web-v1')).toHaveLength(before.length + 1);
    await clients.autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web-v1', DesiredCapacity: 3 }),
    );
    await waitUntil('draining', async () => (await states(await oldArn())).includes('draining'));
    await sandbox.admin.waitUntilSteady();
    expect(await states(await oldArn())).toEqual(['healthy', 'healthy', 'healthy']);
  });

  test('a crashed server is replaced', async () => {
    const [victim] = await instancesOf('web-v1');
    await sandbox.admin.crashInstance(victim?.InstanceId ?? '');
    await waitUntil('a replacement', async () => {
      const ids = (await instancesOf('web-v1')).map((instance) => instance.InstanceId);
      return ids.length === 3 && !ids.includes(victim?.InstanceId);
    });
    await sandbox.admin.waitUntilSteady();
  });

  test('a port that is taken is refused when a second sandbox wants it', async () => {
    const port = Number(new URL(sandbox.url).port);
    expect((await errorOf(startSandbox({ port, world: {} }))).message).toMatch(/EADDRINUSE/);
  });

  async function servedVersion(): Promise<string | null> {
    return (await fetch(sandbox.listenerUrl('web'))).headers.get('x-version');
  }

  async function oldArn(): Promise<string> {
    const answer = await clients.elb.send(new DescribeTargetGroupsCommand({ Names: ['web'] }));
    return answer.TargetGroups?.[0]?.TargetGroupArn ?? '';
  }

  async function instancesOf(name: string): Promise<Instance[]> {
    return (await describeGroup(clients, name)).Instances ?? [];
  }

  async function createGroupOfV2(targetGroupArn: string): Promise<void> {
    await clients.ec2.send(
      new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web-v2', LaunchTemplateData: { ImageId: 'ami-web-v2' } }),
    );
    await clients.autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web-v2',
        MinSize: 1,
        MaxSize: 1,
        LaunchTemplate: { LaunchTemplateName: 'web-v2', Version: '1' },
        VPCZoneIdentifier: 'subnet-a',
        TargetGroupARNs: [targetGroupArn],
      }),
    );
  }

  async function states(TargetGroupArn: string): Promise<string[]> {
    const answer = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return (answer.TargetHealthDescriptions ?? []).map((row) => row.TargetHealth?.State ?? '').sort();
  }

  async function split(newArn: string, newPercent: number): Promise<void> {
    const balancers = await clients.elb.send(new DescribeLoadBalancersCommand({ Names: ['web'] }));
    const LoadBalancerArn = balancers.LoadBalancers?.[0]?.LoadBalancerArn;
    const listeners = await clients.elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    const TargetGroups = [
      { TargetGroupArn: await oldArn(), Weight: 100 - newPercent },
      { TargetGroupArn: newArn, Weight: newPercent },
    ];
    await clients.elb.send(
      new ModifyListenerCommand({
        ListenerArn: listeners.Listeners?.[0]?.ListenerArn,
        DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
      }),
    );
  }

  async function requestCount(dimension: 'LoadBalancer'): Promise<number> {
    const balancers = await clients.elb.send(new DescribeLoadBalancersCommand({ Names: ['web'] }));
    const Value = balancers.LoadBalancers?.[0]?.LoadBalancerArn?.split(':loadbalancer/')[1];
    const Metric = {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCount',
      Dimensions: [{ Name: dimension, Value }],
    };
    const answer = await clients.cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'requests', MetricStat: { Metric, Period: 1, Stat: 'Sum' } }],
        StartTime: new Date(Date.now() - 60_000),
        EndTime: new Date(Date.now() + 1000),
      }),
    );
    return (answer.MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
  }
});

describe('as a program', () => {
  const program = join(__dirname, '..', '..', 'dist', 'sandbox', 'main.js');

  function start(...args: string[]) {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (output.out += String(chunk)));
    child.stderr.on('data', (chunk) => (output.err += String(chunk)));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, output, ended };
  }

  test('it prints what to export, answers there, and ends with its servers on SIGTERM', async () => {
    const { child, output, ended } = start('--port', '0', '--speed', '50');
    try {
      await waitUntil('the listener in the output', () => output.out.includes('# balancer web: http'));
      expect(output.out).toMatch(/export AWS_REGION=eu-west-1\nexport AWS_ACCESS_KEY_ID=sandbox\n/);
      const url = /AWS_ENDPOINT_URL=(\S+)/.exec(output.out)?.[1] ?? '';
      const admin = new SandboxAdmin(url);
      await admin.waitUntilSteady();
      const listener = await admin.listenerUrl('web');
      expect((await fetch(listener)).status).toBe(200);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      await expect(fetch(listener)).rejects.toThrow();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('a taken port and a bad world file end it with status 2 and a sentence', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const onTakenPort = start('--port', String(port));
    expect(await onTakenPort.ended).toBe(2);
    expect(onTakenPort.output.err).toMatch(new RegExp(`port ${port} on 127.0.0.1 is in use`));
    taken.close();
    const badWorld = start('--port', '0', '--world', '/does/not/exist.yml');
    expect(await badWorld.ended).toBe(2);
    expect(badWorld.output.err).toMatch(/cannot read the world file/);
  });
});
