import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Child } from '../processes/child';
import { freePort } from '../processes/free-port';
import { compiled } from '../project';
import { sandboxCredentials, stackSettings } from './settings';

export interface Sandbox {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  /** Where users of the service come in. */
  balancerUrl: string;
  balancers: ElasticLoadBalancingV2Client;
  metrics: CloudWatchClient;
  child: Child;
}

/** Starts the local cloud with its example service, and waits until its balancer has a listener. */
export async function startSandbox(logPath: string): Promise<Sandbox> {
  // Which Node version the SDK will want next year is no news for those who watch a demo.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const port = await freePort();
  const child = await Child.start({
    name: 'sandbox',
    command: process.execPath,
    args: [compiled('sandbox/main.js'), ...sandboxArguments(port)],
    env: process.env,
    logPath,
  });
  const url = `http://127.0.0.1:${port}`;
  const client = { endpoint: url, region: stackSettings.region, credentials: sandboxCredentials, maxAttempts: 1 };
  const balancers = new ElasticLoadBalancingV2Client(client);
  try {
    const balancerUrl = await child.untilReady('a balancer with a listener', () => findBalancer(balancers), 60_000);
    return { url, balancerUrl, balancers, metrics: new CloudWatchClient({ ...client, maxAttempts: 3 }), child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function sandboxArguments(port: number): string[] {
  return [
    ...['--port', String(port), '--speed', String(stackSettings.speed)],
    ...['--metric-resolution', `${stackSettings.metricResolutionSeconds}s`],
    ...['--metric-lag', `${stackSettings.metricLagSeconds}s`],
    ...['--propagation-lag', `${stackSettings.propagationLagSeconds}s`],
  ];
}

async function findBalancer(balancers: ElasticLoadBalancingV2Client): Promise<string> {
  const { LoadBalancers = [] } = await balancers.send(new DescribeLoadBalancersCommand({}));
  const [balancer] = LoadBalancers;
  if (balancer?.LoadBalancerArn === undefined) throw new Error('there is no balancer');
  const { Listeners = [] } = await balancers.send(
    new DescribeListenersCommand({ LoadBalancerArn: balancer.LoadBalancerArn }),
  );
  const [listener] = Listeners;
  if (listener?.Port === undefined) throw new Error(`${balancer.LoadBalancerName ?? 'the balancer'} has no listener`);
  return `http://${balancer.DNSName ?? '127.0.0.1'}:${listener.Port}/`;
}
