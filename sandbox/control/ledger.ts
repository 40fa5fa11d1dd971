import { EventEmitter } from 'node:events';
import type { LedgerEntry } from './types';

/** Every mutation in the order in which it was applied or refused. */
export class Ledger {
  private readonly entries: LedgerEntry[] = [];
  readonly events = new EventEmitter<{ entry: [LedgerEntry] }>();

  add(entry: Omit<LedgerEntry, 'seq' | 'atMs'>): void {
    const complete = { seq: this.entries.length + 1, atMs: Date.now(), ...entry };
    this.entries.push(complete);
    this.events.emit('entry', complete);
  }

  after(seq: number): LedgerEntry[] {
    return this.entries.slice(seq);
  }
}
