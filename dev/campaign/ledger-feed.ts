/** The sandbox's ledger as it grows, sorted by service. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxAdmin } from '../../sandbox/admin-client';
import type { LedgerEntry } from '../../sandbox/control/types';
import { ourChanges } from '../ledger/facts';
import { serviceNames } from './scenario';

const everyMs = 100;

export class LedgerFeed {
  private readonly entries = new Map<string, LedgerEntry[]>();
  private lastSeq = 0;
  private readonly stopping = new AbortController();
  private readonly reading: Promise<void>;

  constructor(private readonly admin: SandboxAdmin) {
    this.reading = this.read();
  }

  /** Every call that names the service, in order; after one more look. */
  async entriesOf(service: string): Promise<LedgerEntry[]> {
    await this.look();
    return [...(this.entries.get(service) ?? [])];
  }

  /** Changes that Fleetshift has made for this service. */
  writesOf(service: string): number {
    return ourChanges({ ledger: this.entries.get(service) ?? [] }).length;
  }

  forget(service: string): void {
    this.entries.delete(service);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reading;
  }

  private async read(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.look();
      await sleep(everyMs);
    }
  }

  private async look(): Promise<void> {
    const news = await this.admin.ledger(this.lastSeq);
    for (const entry of news) {
      // Two looks at once may have been answered alike.
      if (entry.seq <= this.lastSeq) continue;
      this.lastSeq = entry.seq;
      for (const service of new Set(JSON.stringify(entry.input).match(serviceNames) ?? [])) {
        this.entries.set(service, [...(this.entries.get(service) ?? []), entry]);
      }
    }
  }
}
