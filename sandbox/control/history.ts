import { isTerminated } from '../autoscaling/find-group';
import type { CloudState } from '../state/cloud-state';
import { matchesCall, type Call } from './call-match';
import type { Faults } from './faults';
import type { Fault } from './types';

/** Remembers the state before mutations, for reads that shall be stale. */
export class History {
  /** By id of the stale-read fault that wants it. */
  private readonly before = new Map<string, CloudState>();

  constructor(
    private readonly state: CloudState,
    private readonly faults: Faults,
  ) {}

  /**
   * To be called before each mutation, and the answer after it was applied: one that was refused changes nothing, so
   * nothing is stale after it. Copies only while a stale read is wanted, because that costs time.
   */
  prepare(call: Call): () => void {
    const wanting = this.faults.waiting('stale-read');
    for (const id of this.before.keys()) if (!wanting.some((fault) => fault.id === id)) this.before.delete(id);
    const touched = wanting.filter(({ since = '*', sinceInputContains }) =>
      matchesCall({ operation: since, ...(sinceInputContains ? { inputContains: sinceInputContains } : {}) }, call),
    );
    if (touched.length === 0) return () => undefined;
    const snapshot = snapshotOf(this.state);
    return () => {
      for (const { id } of touched) this.before.set(id, snapshot);
    };
  }

  /** The state before the last mutation that the fault is about, of those that were applied after it was set. */
  stateFor(fault: Fault): CloudState | undefined {
    return this.before.get(fault.id);
  }
}

/** What will not change any more is not copied: a sandbox that has run for long has mostly such things. */
function snapshotOf(state: CloudState): CloudState {
  const { instances, activities, ...rest } = state;
  const [gone, living] = partition(instances, isTerminated);
  const [ended, running] = partition(activities, (activity) => activity.EndTime !== undefined);
  // In one go, so that a group's members stay the very instances that are listed.
  const copy = structuredClone({ ...rest, living, running });
  return {
    ...copy,
    instances: new Map([...gone, ...copy.living]),
    activities: new Map([...ended, ...copy.running]),
  };
}

function partition<Value>(
  map: ReadonlyMap<string, Value>,
  isFirst: (value: Value) => boolean,
): [Map<string, Value>, Map<string, Value>] {
  const first = new Map<string, Value>();
  const second = new Map<string, Value>();
  for (const [key, value] of map) (isFirst(value) ? first : second).set(key, value);
  return [first, second];
}
