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

  /** @param inputContains only those whose input, as JSON, holds this text */
  after(seq: number, inputContains = ''): LedgerEntry[] {
    const entries = this.entries.slice(seq);
    if (inputContains === '') return entries;
    return entries.filter(({ input }) => JSON.stringify(input).includes(inputContains));
  }
}
