import { Barriers } from '../../../sandbox/control/barriers';
import type { Call } from '../../../sandbox/control/call-match';
import type { Barrier } from '../../../sandbox/control/types';

export interface Hold {
  /** Resolves when the call has arrived. */
  reached: Promise<void>;
  release(): void;
}

interface SetHold {
  matches: (call: Call, index: number) => boolean;
  at: Barrier['at'];
  arrived: () => void;
  released: Promise<void>;
}

/** Remembers every call in order, and holds chosen ones at chosen places. */
export class CallHolds extends Barriers {
  calls: Call[] = [];
  private held: (SetHold & { release: () => void })[] = [];
  private readonly indexes = new WeakMap<Call, number>();

  /** The first call that matches waits, before it is applied or before it is answered. */
  hold(at: Barrier['at'], matches: SetHold['matches']): Hold {
    let arrived = () => undefined as void;
    let release = () => undefined as void;
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.held.push({ matches, at, arrived, released, release });
    return { reached, release };
  }

  /** Lets everything go, and forgets. */
  reset(): void {
    for (const one of this.held.splice(0)) one.release();
    this.calls = [];
  }

  override async pass(call: Call, at: Barrier['at']): Promise<void> {
    if (at === 'before') {
      this.indexes.set(call, this.calls.length);
      this.calls.push(call);
    }
    const index = this.indexes.get(call) ?? -1;
    const place = this.held.findIndex((one) => one.at === at && one.matches(call, index));
    const [hold] = place < 0 ? [] : this.held.splice(place, 1);
    if (!hold) return;
    hold.arrived();
    await hold.released;
  }
}
