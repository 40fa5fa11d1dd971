/** Everything on one machine: Temporal, the sandbox, one worker, the gateway and steady load, each its own process. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLoad, type Load } from '../load/load';
import { Child } from '../processes/child';
import { freePort } from '../processes/free-port';
import { compiled, projectRoot } from '../project';
import { ensureTemporalCli } from '../temporal/ensure-cli';
import { startTemporal, type TemporalServer } from '../temporal/start-temporal';
import { untilHealthy } from './healthy';
import { startSandbox, type Sandbox } from './sandbox';
import { sandboxCredentials, stackSettings } from './settings';

export interface Stack {
  /** Each process writes its log here, `<name>.log`. */
  directory: string;
  temporal: TemporalServer;
  /** The binary that runs it, which is also its command line. */
  temporalCli: string;
  sandbox: Sandbox;
  gatewayUrl: string;
  /** What webhooks are signed with; made anew for each stack. */
  webhookSecret: string;
  load: Load;
  /** Kills the worker as a crash would, with SIGKILL; answers the pid it had. */
  killWorker(): Promise<number>;
  /** Starts a worker and waits until it polls. */
  startWorker(): Promise<void>;
  /** The last lines of every log, for a failure's report. */
  lastLogLines(): string;
  /** Ends every process; the logs stay. */
  stop(): Promise<void>;
  /** Removes the logs. */
  removeLogs(): Promise<void>;
}

export const servicesDirectory = join(projectRoot, 'dev', 'services');

/**
 * Starts all of it and answers when each part is healthy.
 * @throws Error with the logs of what had been started, all of which is ended then
 */
export async function startStack(log: (line: string) => void): Promise<Stack> {
  const cliPath = await ensureTemporalCli({ log });
  const directory = await mkdtemp(join(tmpdir(), 'fleetshift-'));
  const builder = new StackBuilder(directory);
  try {
    return await builder.start(cliPath, log);
  } catch (error) {
    const logs = builder.lastLogLines();
    await builder.stop();
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot start everything: ${message}\n${logs}`, { cause: error });
  }
}

class StackBuilder {
  private readonly children: Child[] = [];
  private worker: Child | undefined;

  constructor(private readonly directory: string) {}

  async start(temporalCli: string, log: (line: string) => void): Promise<Stack> {
    const temporal = await this.startTemporal(temporalCli);
    const sandbox = await this.startSandbox();
    log(`Temporal at ${temporal.address}, the local cloud at ${sandbox.url}`);
    const startWorker = () => this.startWorker(temporal.address, sandbox.url);
    const webhookSecret = randomBytes(32).toString('hex');
    const [gatewayUrl] = await Promise.all([this.startGateway(temporal.address, webhookSecret), startWorker()]);
    log(`a worker polls, the gateway listens at ${gatewayUrl}`);
    const load = await this.startLoad(sandbox.balancerUrl);
    log(`${stackSettings.requestsPerSecond} requests a second go to the balancer at ${sandbox.balancerUrl}`);
    return {
      ...{ directory: this.directory, temporal, temporalCli, sandbox, gatewayUrl, webhookSecret, load, startWorker },
      killWorker: () => this.killWorker(),
      lastLogLines: () => this.lastLogLines(),
      stop: () => this.stop(),
      removeLogs: () => rm(this.directory, { recursive: true, force: true }),
    };
  }

  /** In the order opposite to the start, so that nobody misses what it talks to. */
  async stop(): Promise<void> {
    for (const child of this.children.splice(0).reverse()) await child.stop();
  }

  lastLogLines(): string {
    return this.children
      .map((child) => {
        const state = child.ending === undefined ? 'running' : `ended with ${child.ending}`;
        return `--- ${child.name} (${state}), ${child.logPath}\n${child.lastLines(12)}`;
      })
      .join('\n');
  }

  private async startTemporal(cliPath: string): Promise<TemporalServer> {
    const server = await startTemporal({ cliPath, ui: true, logPath: this.logPath('temporal') });
    this.children.push(server.child);
    return server;
  }

  private async startSandbox(): Promise<Sandbox> {
    const sandbox = await startSandbox(this.logPath('sandbox'));
    this.children.push(sandbox.child);
    return sandbox;
  }

  private async startWorker(temporalAddress: string, sandboxUrl: string): Promise<void> {
    const port = await freePort();
    this.worker = await this.startProcess('worker', {
      TEMPORAL_ADDRESS: temporalAddress,
      AWS_ENDPOINT_URL: sandboxUrl,
      AWS_REGION: stackSettings.region,
      AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
      FLEETSHIFT_TASK_QUEUE: stackSettings.taskQueue,
      FLEETSHIFT_HEARTBEAT_TIMEOUT: stackSettings.heartbeatTimeout,
      FLEETSHIFT_WRITER_TIMEOUT: stackSettings.writerTimeout,
      FLEETSHIFT_HEALTH_PORT: String(port),
    });
    await untilHealthy(this.worker, `http://127.0.0.1:${port}/healthz`, 60_000);
  }

  private async killWorker(): Promise<number> {
    const { worker } = this;
    if (worker === undefined || worker.ending !== undefined) throw new Error('there is no worker to kill');
    worker.signal('SIGKILL');
    await worker.ended;
    this.children.splice(this.children.indexOf(worker), 1);
    return worker.pid;
  }

  private async startGateway(temporalAddress: string, webhookSecret: string): Promise<string> {
    const port = await freePort();
    const gateway = await this.startProcess('gateway', {
      TEMPORAL_ADDRESS: temporalAddress,
      FLEETSHIFT_TASK_QUEUE: stackSettings.taskQueue,
      FLEETSHIFT_GATEWAY_HOST: '127.0.0.1',
      FLEETSHIFT_GATEWAY_PORT: String(port),
      FLEETSHIFT_SERVICES_DIR: servicesDirectory,
      FLEETSHIFT_WEBHOOK_SECRET: webhookSecret,
    });
    const url = `http://127.0.0.1:${port}`;
    await untilHealthy(gateway, `${url}/healthz`, 30_000);
    return url;
  }

  private async startLoad(balancerUrl: string): Promise<Load> {
    const load = await startLoad({
      url: balancerUrl,
      requestsPerSecond: stackSettings.requestsPerSecond,
      logPath: this.logPath('load'),
    });
    this.children.push(load.child);
    return load;
  }

  private async startProcess(name: 'worker' | 'gateway', settings: Record<string, string>): Promise<Child> {
    const child = await Child.start({
      name,
      command: process.execPath,
      args: [compiled(`${name}/main.js`)],
      env: { ...environmentWithout(/^(AWS_|TEMPORAL_|FLEETSHIFT_)/), ...settings },
      logPath: this.logPath(name),
    });
    this.children.push(child);
    return child;
  }

  private logPath(name: string): string {
    return join(this.directory, `${name}.log`);
  }
}

/** A developer's own profiles and addresses must not leak into the local stack, nor the stack reach a real account. */
export function environmentWithout(names: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}
