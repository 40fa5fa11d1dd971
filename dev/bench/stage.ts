/** Temporal, the virtual local cloud and one worker, each a process of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Temporal } from '../../clients/temporal/connection';
import { SandboxAdmin } from '../../sandbox/admin-client';
import type { VirtualTraffic } from '../../sandbox/data-plane/types';
import { Child } from '../processes/child';
import { freePort } from '../processes/free-port';
import { compiled } from '../project';
import { untilHealthy } from '../stack/healthy';
import { startSandboxProcess } from '../stack/sandbox';
import { sandboxCredentials } from '../stack/settings';
import { ensureTemporalCli } from '../temporal/ensure-cli';
import { startTemporal } from '../temporal/start-temporal';
import type { Pace } from './pace';
import { region, worldOf } from './services';

export interface BenchStage {
  /** Each process writes its log here. */
  directory: string;
  temporal: Temporal;
  sandbox: SandboxAdmin;
  /** For AWS clients. */
  sandboxUrl: string;
  /** By service, when the first servers had become healthy. */
  trafficAtStart: Record<string, VirtualTraffic>;
  worker: Child;
  temporalServer: Child;
  stop(): Promise<void>;
  removeLogs(): Promise<void>;
}

const steadyWithinMs = 180_000;

/** @throws Error that says which process did not come up and why; what had been started is ended then */
export async function openStage(input: {
  names: readonly string[];
  pace: Pace;
  log: (line: string) => void;
}): Promise<BenchStage> {
  const cliPath = await ensureTemporalCli({ log: input.log });
  const directory = await mkdtemp(join(tmpdir(), 'fleetshift-bench-'));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const server = await startTemporal({ cliPath, ui: false, logPath: join(directory, 'temporal.log') });
    stops.push(() => server.stop());
    const { child, url } = await startVirtualSandbox(input, directory);
    stops.push(() => child.stop());
    const sandbox = new SandboxAdmin(url);
    const env = workerEnvironment(server.address, url);
    const worker = await startWorker(env, directory);
    stops.push(() => worker.stop());
    const temporal = await connect({ env });
    stops.push(() => temporal.close());
    return {
      ...{ directory, temporal, worker, temporalServer: server.child, stop },
      sandbox,
      sandboxUrl: url,
      trafficAtStart: await sandbox.virtualTraffic(),
      removeLogs: () => rm(directory, { recursive: true, force: true }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startVirtualSandbox(
  { names, pace }: { names: readonly string[]; pace: Pace },
  directory: string,
): Promise<{ child: Child; url: string }> {
  const world = join(directory, 'world.json');
  await writeFile(world, JSON.stringify(worldOf(names)));
  return startSandboxProcess({
    args: [
      ...['--virtual', '--world', world, '--speed', String(pace.sandboxSpeed)],
      ...['--metric-resolution', `${pace.periodSeconds}s`, '--metric-lag', `${pace.lagSeconds}s`],
    ],
    logPath: join(directory, 'sandbox.log'),
    steadyWithinMs,
  });
}

/** All of a worker's settings are its defaults, as in production. */
function workerEnvironment(temporalAddress: string, sandboxUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TEMPORAL_ADDRESS: temporalAddress,
    AWS_ENDPOINT_URL: sandboxUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    FLEETSHIFT_LOG_LEVEL: 'WARN',
  };
}

async function startWorker(env: NodeJS.ProcessEnv, directory: string): Promise<Child> {
  const port = await freePort();
  const worker = await Child.start({
    name: 'worker',
    command: process.execPath,
    args: [compiled('worker/main.js')],
    env: { ...env, FLEETSHIFT_HEALTH_PORT: String(port) },
    logPath: join(directory, 'worker.log'),
  });
  await untilHealthy(worker, `http://127.0.0.1:${port}/healthz`, 60_000);
  return worker;
}
