import type { CloudState } from '../state/cloud-state';
import type { Faults } from './faults';
import type { Fault } from './types';

interface Snapshot {
  state: CloudState;
  /** The stale-read faults that were set when it was taken; it is no answer for later ones. */
  wantedBy: ReadonlySet<string>;
}

/** Remembers the state before mutations, for reads that shall be stale. */
export class History {
  private readonly before = new Map<string, Snapshot>();

  constructor(
    private readonly state: CloudState,
    private readonly faults: Faults,
  ) {}

  /**
   * To be called before each mutation, and the answer after it was applied: one that was refused changes nothing, so
   * nothing is stale after it. Copies only while a stale read is wanted, because that costs time.
   */
  prepare(operation: string): () => void {
    const wantedBy = this.faults.idsOf('stale-read');
    if (wantedBy.size === 0) return () => this.before.clear();
    const snapshot = { state: structuredClone(this.state), wantedBy };
    return () => {
      this.before.set(operation, snapshot);
      this.before.set('*', snapshot);
    };
  }

  /** The state before the last mutation (of the fault's `since`) that was applied after the fault was set. */
  stateFor(fault: Fault): CloudState | undefined {
    const snapshot = this.before.get(fault.since ?? '*');
    return snapshot?.wantedBy.has(fault.id) ? snapshot.state : undefined;
  }
}
