import type { After } from '../targets/mechanics';

interface Entry {
  run: (() => void) | undefined;
}

/** Any number of delays on one timer. Delays are rounded up to whole ticks. */
export class TimerWheel {
  /** By the tick at which they are due, counted from the start. */
  private readonly due = new Map<number, Entry[]>();
  private readonly startedMs = performance.now();
  private readonly timer: NodeJS.Timeout;
  private lastTick = 0;

  constructor(private readonly tickMs: number) {
    this.timer = setInterval(() => this.advance(), tickMs);
  }

  readonly after: After = (delayMs, run) => {
    const tick = Math.max(this.lastTick + 1, Math.ceil((performance.now() - this.startedMs + delayMs) / this.tickMs));
    const entry: Entry = { run };
    const entries = this.due.get(tick);
    if (entries) entries.push(entry);
    else this.due.set(tick, [entry]);
    return () => {
      entry.run = undefined;
    };
  };

  /** What is still due is forgotten. */
  close(): void {
    clearInterval(this.timer);
    this.due.clear();
  }

  /** Catches up, in order, after the process was held up. */
  private advance(): void {
    const now = Math.floor((performance.now() - this.startedMs) / this.tickMs);
    while (this.lastTick < now) {
      this.lastTick += 1;
      const entries = this.due.get(this.lastTick) ?? [];
      this.due.delete(this.lastTick);
      for (const entry of entries) entry.run?.();
    }
  }
}
