/** docker-compose.yml without containers: the same processes, settings and one-shots, each a process of this machine. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../../dev/processes/child';
import { freePort } from '../../../dev/processes/free-port';
import { compiled, projectRoot } from '../../../dev/project';
import { untilHealthy } from '../../../dev/stack/healthy';
import { startSandbox } from '../../../dev/stack/sandbox';
import { startWorkerProcess } from '../../support/worker-process';
import { startPostgres, type Postgres } from './postgres';
import { startTemporalServer, type TemporalServer } from './temporal-server';

export interface Topology {
  /** Every process's log. */
  directory: string;
  postgres: Postgres;
  temporal: TemporalServer;
  workers: Child[];
  /** Of a process that talks to Temporal. */
  env: NodeJS.ProcessEnv;
  /** The command that the container `sandbox-demo` runs. */
  startDemo(): Promise<Child>;
  stop(): Promise<void>;
}

/** @throws Error that says what is missing on this machine, or which process did not come up and why */
export async function startTopology(): Promise<Topology> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-production-'));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const postgres = await startPostgres(directory);
    stops.push(() => postgres.stop());
    const temporal = await startTemporalServer(directory, postgres);
    stops.push(() => temporal.stop());
    const sandbox = await startSandbox(join(directory, 'sandbox.log'));
    stops.push(() => sandbox.child.stop());
    const env = environment(temporal, sandbox.url);
    const start = (name: string) => startWorkerProcess(env, join(directory, `${name}.log`));
    const workers = await Promise.all(['worker-1', 'worker-2'].map(start));
    stops.push(async () => void (await Promise.all(workers.map((worker) => worker.stop()))));
    const gateway = await startGateway(env, directory);
    stops.push(() => gateway.child.stop());
    const startDemo = async () => {
      const demo = await startNode('demo', ['dev/attached-demo.js', '--json'], { ...env, ...gateway.reach }, directory);
      stops.push(() => demo.stop());
      return demo;
    };
    return { directory, postgres, temporal, workers, env, startDemo, stop: () => stop().then(() => remove(directory)) };
  } catch (error) {
    await stop();
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot start the production shape, whose logs are in ${directory}: ${message}`, { cause: error });
  }
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** As the sandbox profile has it. */
function environment(temporal: TemporalServer, sandboxUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    FLEETSHIFT_HEARTBEAT_TIMEOUT: '3s',
    FLEETSHIFT_WRITER_TIMEOUT: '10s',
    AWS_ENDPOINT_URL: sandboxUrl,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

async function startGateway(
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<{ child: Child; reach: NodeJS.ProcessEnv }> {
  const port = await freePort();
  const secret = randomBytes(32).toString('hex');
  const settings = {
    FLEETSHIFT_GATEWAY_PORT: String(port),
    FLEETSHIFT_SERVICES_DIR: join(projectRoot, 'dev', 'services'),
    FLEETSHIFT_WEBHOOK_SECRET: secret,
  };
  const child = await startNode('gateway', ['gateway/main.js'], { ...env, ...settings }, directory);
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(child, `${url}/healthz`, 30_000);
  return { child, reach: { FLEETSHIFT_GATEWAY_URL: url, FLEETSHIFT_WEBHOOK_SECRET: secret } };
}

async function startNode(
  name: string,
  [program = '', ...args]: string[],
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<Child> {
  return await Child.start({
    ...{ name, env, logPath: join(directory, `${name}.log`) },
    command: process.execPath,
    args: [compiled(program), ...args],
  });
}
