import type { CloudState } from '../state/cloud-state';
import type { Faults } from './faults';

/** Remembers the state before mutations, for reads that shall be stale. */
export class History {
  private readonly before = new Map<string, CloudState>();

  constructor(
    private readonly state: CloudState,
    private readonly faults: Faults,
  ) {}

  /**
   * To be called before each mutation, and the answer after it was applied: one that was refused changes nothing, so
   * nothing is stale after it. Copies only while a stale read is wanted, because that costs time.
   */
  prepare(operation: string): () => void {
    if (!this.faults.has('stale-read')) return () => this.before.clear();
    const copy = structuredClone(this.state);
    return () => {
      this.before.set(operation, copy);
      this.before.set('*', copy);
    };
  }

  /** The state before the last mutation (of the name `since`), if a stale read was wanted at that time. */
  stateBefore(since = '*'): CloudState | undefined {
    return this.before.get(since);
  }
}
