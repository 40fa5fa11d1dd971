import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SandboxAdmin } from '../../sandbox/admin-client';
import { Child } from '../processes/child';
import { freePort } from '../processes/free-port';
import { compiled } from '../project';
import { sandboxCredentials, stackSettings } from './settings';

export interface AttachedSandbox {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  /** Where users of the service come in. */
  balancerUrl: string;
  balancers: ElasticLoadBalancingV2Client;
  metrics: CloudWatchClient;
}

export interface Sandbox extends AttachedSandbox {
  child: Child;
}

/** Name of the balancer, and of the service, in the sandbox's default world. */
const balancerName = 'web';

/** Starts the local cloud with its example service, and waits until every server of that is healthy. */
export async function startSandbox(logPath: string): Promise<Sandbox> {
  const { child, url } = await startSandboxProcess({ args: sandboxArguments(), logPath, steadyWithinMs: 60_000 });
  try {
    return { ...(await attachSandbox(url)), child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/**
 * Starts a local cloud on a free port, and waits until every server of its world is healthy.
 * @throws Error that says why it did not come up; it is ended then
 */
export async function startSandboxProcess(options: {
  args: readonly string[];
  logPath: string;
  steadyWithinMs: number;
}): Promise<{ child: Child; url: string }> {
  const port = await freePort();
  const child = await Child.start({
    name: 'sandbox',
    command: process.execPath,
    args: [compiled('sandbox/main.js'), '--port', String(port), ...options.args],
    env: process.env,
    logPath: options.logPath,
  });
  const url = `http://127.0.0.1:${port}`;
  const admin = new SandboxAdmin(url);
  try {
    await child.untilReady(
      'a steady world',
      () => admin.steady(),
      options.steadyWithinMs,
      ({ steady }) => steady,
    );
    return { child, url };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** What a sandbox that already runs at this URL has for its users. */
export async function attachSandbox(url: string): Promise<AttachedSandbox> {
  return { url, balancerUrl: await new SandboxAdmin(url).listenerUrl(balancerName), ...clients(url) };
}

function clients(endpoint: string): Pick<Sandbox, 'balancers' | 'metrics'> {
  // Which Node version the SDK will want next year is no news for those who watch a demo.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const options = { endpoint, region: stackSettings.region, credentials: sandboxCredentials };
  return { balancers: new ElasticLoadBalancingV2Client(options), metrics: new CloudWatchClient(options) };
}

function sandboxArguments(): string[] {
  return [
    ...['--speed', String(stackSettings.speed)],
    ...['--metric-resolution', `${stackSettings.metricResolutionSeconds}s`],
    ...['--metric-lag', `${stackSettings.metricLagSeconds}s`],
    ...['--propagation-lag', `${stackSettings.propagationLagSeconds}s`],
  ];
}
