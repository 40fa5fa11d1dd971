import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Barrier,
  BarrierSpec,
  Fault,
  FaultSpec,
  LaunchFailureSpec,
  LedgerEntry,
  ListenerAddress,
  SteadyReport,
} from './control/types';
import type { VirtualTraffic } from './data-plane/types';
import { findListenerUrl } from './state/listener-addresses';
import type { Image, World } from './world/schema';

const pollMs = 50;
const longPollMs = 20_000;

/** A set barrier, to wait for the call that it holds and to let it go. */
export interface BarrierHandle {
  readonly id: string;
  /** Resolves when a call has arrived. @throws Error after `timeoutMs` (default 30 s). */
  waitUntilReached(timeoutMs?: number): Promise<void>;
  /** Lets the held call go on, and all later ones pass. */
  release(): Promise<void>;
}

/** Watches and disturbs a running sandbox over its admin API, from the same or another process. */
export class SandboxAdmin {
  /** @param url Address of the sandbox, for example `http://127.0.0.1:4566`. */
  constructor(private readonly url: string) {}

  status(): Promise<{ region: string; account: string }> {
    return this.call('GET', 'status');
  }

  listeners(): Promise<ListenerAddress[]> {
    return this.call('GET', 'listeners');
  }

  /** @throws Error when the balancer has no listener of that index. */
  async listenerUrl(balancerName: string, index = 0): Promise<string> {
    return findListenerUrl(await this.listeners(), balancerName, index);
  }

  steady(): Promise<SteadyReport> {
    return this.call('GET', 'steady');
  }

  /**
   * Resolves when every group has its desired capacity in service and healthy, and nothing is on its way in or out.
   * @throws Error after `timeoutMs` (default 60 s of real time), saying what is missing.
   */
  async waitUntilSteady(timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const report = await this.steady();
      if (report.steady) return;
      if (Date.now() >= deadline) {
        throw new Error(`the sandbox is not steady after ${timeoutMs} ms: ${report.waitingFor.join('; ')}`);
      }
      await sleep(pollMs);
    }
  }

  /** Mutations in order: those after `afterSeq` only, and only those whose input, as JSON, holds `inputContains`. */
  ledger(afterSeq = 0, inputContains = ''): Promise<LedgerEntry[]> {
    return this.call('GET', `ledger?${new URLSearchParams({ after: String(afterSeq), inputContains }).toString()}`);
  }

  /** How often each operation was called so far: `ec2:DescribeInstances` → 12. */
  calls(): Promise<Record<string, number>> {
    return this.call('GET', 'calls');
  }

  faults(): Promise<Fault[]> {
    return this.call('GET', 'faults');
  }

  addFault(spec: FaultSpec): Promise<Fault> {
    return this.call('POST', 'faults', spec);
  }

  /** Removes one fault, or all. */
  async removeFaults(id?: string): Promise<void> {
    await this.call('DELETE', id === undefined ? 'faults' : `faults/${id}`);
  }

  barriers(): Promise<Barrier[]> {
    return this.call('GET', 'barriers');
  }

  async addBarrier(spec: BarrierSpec): Promise<BarrierHandle> {
    const { id } = await this.call<Barrier>('POST', 'barriers', spec);
    return {
      id,
      waitUntilReached: (timeoutMs = 30_000) => this.waitUntilReached(spec, id, timeoutMs),
      release: async () => {
        await this.call('POST', `barriers/${id}/release`);
      },
    };
  }

  async releaseAllBarriers(): Promise<void> {
    await this.call('POST', 'barriers/release');
  }

  /** Kills the server process of an instance, as if it had crashed. */
  async crashInstance(instanceId: string): Promise<void> {
    await this.call('POST', `instances/${instanceId}/crash`);
  }

  /** Adds to what exists; region and account stay as they are. Without entries in the ledger, as what the sandbox starts with. */
  async addWorld(world: World): Promise<void> {
    await this.call('POST', 'world', world);
  }

  /** Adds an image, or changes what later launches of it run. */
  async putImage(id: string, image: Image): Promise<void> {
    await this.call('PUT', `images/${id}`, image);
  }

  /** Launches of the image fail from now on; running servers stay. */
  async deregisterImage(id: string): Promise<void> {
    await this.call('DELETE', `images/${id}`);
  }

  /** Of a virtual sandbox only: how many requests each listener of the balancer gets from now on. */
  async setVirtualLoad(balancerName: string, requestsPerSecond: number): Promise<void> {
    await this.call('PUT', `balancers/${balancerName}/virtual-load`, { requestsPerSecond });
  }

  /** Of a virtual sandbox only: what became of all requests so far, by name of the balancer. */
  virtualTraffic(): Promise<Record<string, VirtualTraffic>> {
    return this.call('GET', 'virtual-traffic');
  }

  /** Makes coming launches fail with a reason, as when EC2 has no capacity. */
  async failLaunches(spec: LaunchFailureSpec): Promise<void> {
    await this.call('POST', 'launch-failures', spec);
  }

  private async waitUntilReached(spec: BarrierSpec, id: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const waitMs = Math.max(0, Math.min(deadline - Date.now(), longPollMs));
      const { reached } = await this.call<{ reached: boolean }>('GET', `barriers/${id}/reached?waitMs=${waitMs}`);
      if (reached) return;
      if (Date.now() >= deadline) {
        throw new Error(`no call of ${spec.operation} reached the barrier '${spec.at}' within ${timeoutMs} ms`);
      }
    }
  }

  private async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the sandbox refused ${method} /_sandbox/${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  }
}
