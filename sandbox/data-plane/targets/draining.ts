/** A deregistration delay that is running. */
export class Draining {
  readonly over: Promise<'elapsed' | 'called-off'>;
  private settle: (how: 'elapsed' | 'called-off') => void = () => undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(delayMs: number) {
    this.over = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.timer = setTimeout(() => this.settle('elapsed'), delayMs);
  }

  callOff(): void {
    clearTimeout(this.timer);
    this.settle('called-off');
  }
}
