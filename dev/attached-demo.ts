/**
 * The demo's two deployments in a stack that already runs, as in the sandbox profile of docker-compose.yml: the gateway
 * at FLEETSHIFT_GATEWAY_URL with its FLEETSHIFT_WEBHOOK_SECRET, the local cloud at AWS_ENDPOINT_URL. Only the load is its
 * own. `--json` prints one object on standard output; everything for people goes to standard error then.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SandboxAdmin } from '../sandbox/admin-client';
import { brokenPromises, toJson, toTable } from './demo/report';
import { runBoth } from './demo/run-deployment';
import { createScreen } from './demo/screen';
import { createGatewayClient } from './gateway-client';
import { startLoad } from './load/load';
import { attachSandbox } from './stack/sandbox';
import { stackSettings } from './stack/settings';
import { waitUntil } from './wait-until';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const output = values.json ? process.stderr : process.stdout;
  const gateway = createGatewayClient({
    url: required('FLEETSHIFT_GATEWAY_URL'),
    secret: required('FLEETSHIFT_WEBHOOK_SECRET'),
  });
  const sandboxUrl = required('AWS_ENDPOINT_URL');
  const admin = new SandboxAdmin(sandboxUrl);
  await waitUntil('every server of the local cloud to be healthy', () => admin.steady(), {
    deadlineMs: 60_000,
    until: ({ steady }) => steady,
  });
  const { balancerUrl, balancers, metrics } = await attachSandbox(sandboxUrl);
  const directory = await mkdtemp(join(tmpdir(), 'fleetshift-demo-'));
  const { requestsPerSecond, metricResolutionSeconds: periodSeconds, metricLagSeconds: lagSeconds } = stackSettings;
  const load = await startLoad({ url: balancerUrl, requestsPerSecond, logPath: join(directory, 'load.log') });
  const screen = createScreen({ output });
  screen.event(`${requestsPerSecond} requests a second go to the balancer at ${balancerUrl}`);
  try {
    const report = await runBoth({
      ...{ gateway, load, screen },
      metrics: { balancers, metrics, periodSeconds, lagSeconds },
    });
    output.write(`\n${toTable(report)}\n`);
    if (values.json) process.stdout.write(`${JSON.stringify(toJson(report))}\n`);
    const broken = brokenPromises(report);
    if (broken.length > 0) throw new Error(broken.join('\n'));
  } finally {
    screen.close();
    await load.stop();
    await rm(directory, { recursive: true });
  }
}

function required(variable: string): string {
  const value = process.env[variable] ?? '';
  if (value === '') throw new Error(`${variable} is not set: it names a part of the stack that already runs`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
