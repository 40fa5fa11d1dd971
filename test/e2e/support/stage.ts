/** A whole world for one test file: sandbox with real servers, a real worker process, and Temporal of this test run. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLoad, type Load } from '../../../dev/load/load';
import type { Child } from '../../../dev/processes/child';
import { connect, type Temporal } from '../../../clients/temporal/connection';
import { startSandbox, type Sandbox } from '../../../sandbox/start';
import { startWorkerProcess } from '../../support/worker-process';
import { worldOf, type ServiceWorld } from './world';

export interface Stage {
  sandbox: Sandbox;
  temporal: Temporal;
  /** Environment of processes on this stage: worker, gateway, CLI. */
  env: NodeJS.ProcessEnv;
  worker: Child;
  /** Starts another worker, for example after the first was killed. */
  startWorker(): Promise<Child>;
  startLoad(serviceName: string, requestsPerSecond?: number): Promise<Load>;
  stop(): Promise<void>;
}

export const region = 'eu-west-1';

/**
 * Every service gets a balancer, a group of servers and a route of its own.
 * @param settings laid over the environment of every process on the stage
 */
export async function openStage(services: ServiceWorld[], settings: NodeJS.ProcessEnv = {}): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-e2e-'));
  const sandbox = await startSandbox({
    world: worldOf(services),
    speed: 10,
    metricResolutionSeconds: 1,
    metricLagSeconds: 1,
    propagationLagSeconds: 3,
  });
  const env = { ...stageEnvironment(sandbox.url), ...settings };
  const temporal = await connect({ env });
  const children: Child[] = [];
  const startWorker = async () => {
    const worker = await startWorkerProcess(env, join(directory, `worker-${children.length}.log`));
    children.push(worker);
    return worker;
  };
  const worker = await startWorker();
  await sandbox.admin.waitUntilSteady();
  return {
    sandbox,
    temporal,
    env,
    worker,
    startWorker,
    startLoad: async (serviceName, requestsPerSecond = 80) => {
      const url = sandbox.listenerUrl(serviceName);
      const load = await startLoad({ url, requestsPerSecond, logPath: join(directory, `load-${serviceName}.log`) });
      children.push(load.child);
      return load;
    },
    stop: async () => {
      await Promise.all(children.map((child) => child.stop()));
      await temporal.close();
      await sandbox.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function stageEnvironment(sandboxUrl: string): NodeJS.ProcessEnv {
  const address = process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) throw new Error('no Temporal server: run these tests without FLEETSHIFT_TEST_SKIP_SETUP');
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TEMPORAL_ADDRESS: address,
    FLEETSHIFT_TASK_QUEUE: `e2e-${randomUUID()}`,
    FLEETSHIFT_HEARTBEAT_TIMEOUT: '3s',
    FLEETSHIFT_WRITER_TIMEOUT: '10s',
    AWS_ENDPOINT_URL: sandboxUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
}
