import { fork, type ChildProcess } from 'node:child_process';
import type { LaunchSpec } from '../types';
import { locateServerProgram } from './locate-program';
import type { ServerOrder } from './server-order';

/** A server that still works on requests so long after SIGTERM is killed. Real time: its requests are real too. */
const killAfterMs = 10_000;

interface RunningServer {
  child: ChildProcess;
  ended: Promise<void>;
  /** Asked for, so its end is no surprise. */
  terminating: boolean;
}

/** The processes of all servers. */
export class ServerPool {
  private readonly servers = new Map<string, RunningServer>();
  private readonly exitListeners: ((instanceId: string) => void)[] = [];

  constructor(private readonly speed: number) {}

  /** @throws Error when the instance runs already, or when the server program was not built */
  launch(spec: LaunchSpec): void {
    if (this.servers.has(spec.instanceId)) {
      throw new Error(`cannot launch ${spec.instanceId}: it is already running; launch a new instance id`);
    }
    const listenAtMs = Date.now() + (spec.program.bootSeconds * 1000) / this.speed;
    const child = startProcess({ ...spec, listenAtMs });
    // "exit" is missing when the process could not even be started.
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', (error) => {
        process.stderr.write(`sandbox server ${spec.instanceId} cannot be started: ${error.message}\n`);
        if (child.pid === undefined) resolve();
      });
    });
    const server: RunningServer = { child, ended, terminating: false };
    this.servers.set(spec.instanceId, server);
    void ended.then(() => {
      this.servers.delete(spec.instanceId);
      if (!server.terminating) for (const listener of this.exitListeners) listener(spec.instanceId);
    });
  }

  /** Resolves when the process is gone. */
  async terminate(instanceId: string): Promise<void> {
    const server = this.servers.get(instanceId);
    if (!server) return;
    server.terminating = true;
    server.child.kill('SIGTERM');
    const timer = setTimeout(() => server.child.kill('SIGKILL'), killAfterMs);
    await server.ended;
    clearTimeout(timer);
  }

  isRunning(instanceId: string): boolean {
    return this.servers.has(instanceId);
  }

  onExit(listener: (instanceId: string) => void): void {
    this.exitListeners.push(listener);
  }

  /** Ends all at once, without waiting for their requests. */
  async close(): Promise<void> {
    const servers = [...this.servers.values()];
    for (const server of servers) {
      server.terminating = true;
      server.child.kill('SIGKILL');
    }
    await Promise.all(servers.map((server) => server.ended));
  }
}

/** With an empty environment and no options of the parent: a debugger's port, say, cannot be taken twice. */
function startProcess(order: ServerOrder): ChildProcess {
  return fork(locateServerProgram(), [JSON.stringify(order)], {
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
