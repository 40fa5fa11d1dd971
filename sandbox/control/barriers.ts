import { EventEmitter, once } from 'node:events';
import { matchesCall, type Call } from './call-match';
import type { Barrier, BarrierSpec } from './types';

interface SetBarrier extends Barrier {
  toSkip: number;
}

/** Holds chosen calls until they are released. */
export class Barriers {
  private readonly barriers = new Map<string, SetBarrier>();
  private readonly events = new EventEmitter<{ reached: [string]; released: [string] }>().setMaxListeners(0);
  private nextId = 1;

  add(spec: BarrierSpec): Barrier {
    const barrier: Barrier = { ...spec, id: `barrier-${this.nextId++}`, reached: 0, released: false };
    this.barriers.set(barrier.id, { ...barrier, toSkip: spec.skip ?? 0 });
    return barrier;
  }

  list(): Barrier[] {
    return [...this.barriers.values()].map(described);
  }

  get(id: string): Barrier | undefined {
    const barrier = this.barriers.get(id);
    return barrier && described(barrier);
  }

  /** Lets go what it holds, and everything that comes later. */
  release(id: string): void {
    const barrier = this.barriers.get(id);
    if (!barrier) return;
    barrier.released = true;
    this.events.emit('released', id);
  }

  releaseAll(): void {
    for (const id of this.barriers.keys()) this.release(id);
  }

  /** Called by a request at the place `at`: returns once no barrier holds it. */
  async pass(call: Call, at: Barrier['at']): Promise<void> {
    for (const barrier of this.barriers.values()) {
      if (barrier.at !== at || barrier.released || !matchesCall(barrier, call)) continue;
      if (barrier.reached >= (barrier.times ?? 1)) continue;
      if (barrier.toSkip > 0) {
        barrier.toSkip -= 1;
        continue;
      }
      barrier.reached += 1;
      this.events.emit('reached', barrier.id);
      while (!barrier.released) await once(this.events, 'released');
    }
  }

  /** Whether the barrier was reached before `timeoutMs` was over. */
  async waitUntilReached(id: string, timeoutMs: number): Promise<boolean> {
    const deadline = AbortSignal.timeout(timeoutMs);
    while ((this.barriers.get(id)?.reached ?? 0) === 0) {
      try {
        await once(this.events, 'reached', { signal: deadline });
      } catch {
        return false;
      }
    }
    return true;
  }
}

function described(set: SetBarrier): Barrier {
  const barrier: Barrier & { toSkip?: number } = { ...set };
  delete barrier.toSkip;
  return barrier;
}
