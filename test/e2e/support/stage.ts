/** A whole world for one test file: sandbox with real servers, a real worker process, and Temporal of this test run. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callers, type Beginning } from '../../../dev/ledger/facts';
import { readBeginning } from '../../../dev/ledger/read-beginning';
import { startLoad, type Load } from '../../../dev/load/load';
import type { Child } from '../../../dev/processes/child';
import { connect, type Temporal } from '../../../clients/temporal/connection';
import { startSandbox, type Sandbox } from '../../../sandbox/start';
import { startWorkerProcess } from '../../support/worker-process';
import { worldOf, type ServiceWorld } from './world';

export interface Stage {
  sandbox: Sandbox;
  /** Of its ledger. */
  beginning: Beginning;
  temporal: Temporal;
  /** Environment of processes on this stage: worker, gateway, CLI. */
  env: NodeJS.ProcessEnv;
  /** Access key id of its workers, by which the sandbox tells them from everybody else. */
  caller: string;
  worker: Child;
  /** Starts another worker, for example after the first was killed. */
  startWorker(): Promise<Child>;
  /**
   * The same world with a task queue, an access key and a worker of its own: what befalls that worker disturbs nobody
   * else.
   */
  apart(): Promise<Stage>;
  startLoad(serviceName: string, requestsPerSecond?: number): Promise<Load>;
  /** Ends everything, what is apart as well. */
  stop(): Promise<void>;
}

export const region = 'eu-west-1';

/**
 * Every service gets a balancer, a group of servers and a route of its own.
 * @param settings laid over the environment of every process on the stage
 * @param dataPlane `virtual`: servers and requests are reckoned instead of run, for many deployments side by side
 */
export async function openStage(
  services: ServiceWorld[],
  settings: NodeJS.ProcessEnv = {},
  dataPlane: 'real' | 'virtual' = 'real',
): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-e2e-'));
  const sandbox = await startSandbox({
    world: worldOf(services),
    dataPlane,
    speed: 10,
    metricResolutionSeconds: 1,
    metricLagSeconds: 1,
    propagationLagSeconds: 3,
  });
  const beginning = await readBeginning(sandbox.url, region);
  const backstage: Backstage = { sandbox, beginning, directory, children: [], connections: [] };
  const stage = await enter(backstage, { ...stageEnvironment(sandbox.url), ...settings });
  await sandbox.admin.waitUntilSteady();
  return stage;
}

/** What all who share a world have in common, and what is to be ended with it. */
interface Backstage {
  sandbox: Sandbox;
  beginning: Beginning;
  directory: string;
  children: Child[];
  connections: Temporal[];
}

async function enter(backstage: Backstage, env: NodeJS.ProcessEnv): Promise<Stage> {
  const { sandbox, beginning, directory, children, connections } = backstage;
  const temporal = await connect({ env });
  connections.push(temporal);
  const startWorker = async () => {
    const worker = await startWorkerProcess(env, join(directory, `worker-${randomUUID()}.log`));
    children.push(worker);
    return worker;
  };
  return {
    sandbox,
    beginning,
    temporal,
    env,
    caller: env['AWS_ACCESS_KEY_ID'] ?? '',
    worker: await startWorker(),
    startWorker,
    apart: () => {
      const taskQueue = newTaskQueue();
      return enter(backstage, {
        ...env,
        FLEETSHIFT_TASK_QUEUE: taskQueue,
        AWS_ACCESS_KEY_ID: `${callers.fleetshift}-${taskQueue}`,
      });
    },
    startLoad: async (serviceName, requestsPerSecond = 40) => {
      const url = sandbox.listenerUrl(serviceName);
      const load = await startLoad({ url, requestsPerSecond, logPath: join(directory, `load-${serviceName}.log`) });
      children.push(load.child);
      return load;
    },
    stop: () => leave(backstage),
  };
}

async function leave({ sandbox, directory, children, connections }: Backstage): Promise<void> {
  // One that was frozen by a test hears nothing until it goes on.
  children.forEach((child) => child.signal('SIGCONT'));
  await Promise.all(children.map((child) => child.stop()));
  await Promise.all(connections.map((connection) => connection.close()));
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
}

function newTaskQueue(): string {
  return `e2e-${randomUUID()}`;
}

function stageEnvironment(sandboxUrl: string): NodeJS.ProcessEnv {
  const address = process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) throw new Error('no Temporal server: run these tests without FLEETSHIFT_TEST_SKIP_SETUP');
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TEMPORAL_ADDRESS: address,
    FLEETSHIFT_TASK_QUEUE: newTaskQueue(),
    FLEETSHIFT_HEARTBEAT_TIMEOUT: '3s',
    FLEETSHIFT_WRITER_TIMEOUT: '10s',
    AWS_ENDPOINT_URL: sandboxUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: callers.fleetshift,
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
}
