import { matchesCall, type Call } from './call-match';
import type { Fault, FaultKind, FaultSpec } from './types';

interface ArmedFault extends Fault {
  toSkip: number;
}

/** The faults that calls shall meet, in the order in which they were set. */
export class Faults {
  private readonly armed = new Map<string, ArmedFault>();
  private nextId = 1;

  add(spec: FaultSpec): Fault {
    const fault = { ...spec, id: `fault-${this.nextId++}`, hits: 0, toSkip: spec.skip ?? 0 };
    this.armed.set(fault.id, fault);
    return described(fault);
  }

  /** Of one fault, or of all; unknown ids are no error. */
  remove(id?: string): void {
    if (id === undefined) this.armed.clear();
    else this.armed.delete(id);
  }

  list(): Fault[] {
    return [...this.armed.values()].map(described);
  }

  /** The faults of one kind that still have calls to hit. */
  waiting(kind: FaultKind): Fault[] {
    return [...this.armed.values()].filter((fault) => fault.kind === kind && !isSpent(fault)).map(described);
  }

  /** The first fault of one of `kinds` that hits this call, and that is `ready`; counts the hit. */
  take(call: Call, kinds: readonly FaultKind[], ready: (fault: Fault) => boolean = () => true): Fault | undefined {
    for (const fault of this.armed.values()) {
      if (!kinds.includes(fault.kind) || isSpent(fault) || !matchesCall(fault, call) || !ready(fault)) continue;
      if (fault.toSkip > 0) {
        fault.toSkip -= 1;
        continue;
      }
      fault.hits += 1;
      return described(fault);
    }
    return undefined;
  }
}

function isSpent(fault: Fault): boolean {
  return fault.times !== 'always' && fault.hits >= (fault.times ?? 1);
}

function described(armed: ArmedFault): Fault {
  const fault: Fault & { toSkip?: number } = { ...armed };
  delete fault.toSkip;
  return fault;
}
