/** The worker processes of a campaign: killed, frozen and started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Child } from '../processes/child';
import { freePort } from '../processes/free-port';
import { compiled } from '../project';
import { untilHealthy } from '../stack/healthy';
import type { RunRecord } from './record';
import type { Outage } from './scenario';

const count = 2;
/** Longer than every time-out of an activity. */
const freezeMs = 11_000;
const startMs = 120_000;

export class Workers {
  /** What was done to them so far; the last one may not be over. */
  readonly outages: RunRecord['outages'] = [];
  private readonly workers: Child[] = [];
  private started = 0;
  /** One outage after the other: two at once would only be a longer one. */
  private last: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly directory: string,
  ) {}

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.startOne()));
  }

  /** Resolves when everybody works again. */
  outage(kind: Outage['kind']): Promise<void> {
    this.last = this.last.then(() => this.undergo(kind));
    return this.last;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.last.catch(() => undefined);
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  get logPaths(): string[] {
    return Array.from({ length: this.started }, (_, index) => this.logPath(index));
  }

  private async undergo(kind: Outage['kind']): Promise<void> {
    if (this.stopped) return;
    const outage = { kind, fromMs: Date.now(), toMs: Number.MAX_SAFE_INTEGER };
    this.outages.push(outage);
    switch (kind) {
      case 'worker-kill':
        await this.replace(1);
        break;
      case 'all-workers-kill':
        await this.replace(this.workers.length);
        break;
      case 'worker-freeze':
        await this.freeze();
    }
    outage.toMs = Date.now();
  }

  private async replace(killed: number): Promise<void> {
    const gone = this.workers.splice(0, killed);
    for (const worker of gone) worker.signal('SIGKILL');
    await Promise.all(gone.map((worker) => worker.ended));
    await Promise.all(gone.map(() => this.startOne()));
  }

  /** The oldest one, which then goes to the end of the row: the next outage is the other's. */
  private async freeze(): Promise<void> {
    const [worker] = this.workers.splice(0, 1);
    if (!worker) return;
    this.workers.push(worker);
    worker.signal('SIGSTOP');
    await sleep(freezeMs);
    worker.signal('SIGCONT');
  }

  private async startOne(): Promise<void> {
    const port = await freePort();
    const worker = await Child.start({
      name: 'worker',
      command: process.execPath,
      args: [compiled('worker/main.js')],
      env: { ...this.env, FLEETSHIFT_HEALTH_PORT: String(port) },
      logPath: this.logPath(this.started++),
    });
    this.workers.push(worker);
    await untilHealthy(worker, `http://127.0.0.1:${port}/healthz`, startMs);
  }

  private logPath(index: number): string {
    return join(this.directory, `worker-${index}.log`);
  }
}
