import type { After } from './mechanics';

/** A deregistration delay that is running. */
export class Draining {
  readonly over: Promise<'elapsed' | 'called-off'>;
  private settle: (how: 'elapsed' | 'called-off') => void = () => undefined;
  private readonly cancel: () => void;

  constructor(delayMs: number, after: After) {
    this.over = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.cancel = after(delayMs, () => this.settle('elapsed'));
  }

  callOff(): void {
    this.cancel();
    this.settle('called-off');
  }
}
