import type { Target, TargetGroupSettings } from '../types';
import { checkHealth } from './health-check';
import { firstChecks, nextVerdict, registering, type Verdict } from './verdict';

/** Between registration and the first check; before `speed` divides it. */
const registrationSeconds = 1;

/** Checks one target again and again from `start` to `stop`, and keeps what the checks say. */
export class HealthCheckLoop {
  /** Stays as it was when the checks stop, because the balancer still goes by it until its new rules apply. */
  verdict: Verdict = registering;
  private running: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly target: Target,
    private readonly options: {
      speed: number;
      /** Read before every check, so that changed settings count from the next one. */
      settings: () => TargetGroupSettings['healthCheck'];
      onChange: () => void;
    },
  ) {}

  /** Begins anew: whatever was known of the target is forgotten. */
  start(): void {
    this.stop();
    const running = new AbortController();
    this.running = running;
    this.become(registering);
    this.timer = setTimeout(
      () => {
        this.become(firstChecks);
        void this.check(running.signal);
      },
      (registrationSeconds * 1000) / this.options.speed,
    );
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = undefined;
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  private async check(signal: AbortSignal): Promise<void> {
    const startedMs = Date.now();
    const settings = this.options.settings();
    const result = await checkHealth(this.target, settings, { speed: this.options.speed, signal });
    if (signal.aborted) return;
    this.become(nextVerdict(this.verdict, result, settings));
    const dueMs = startedMs + (settings.intervalSeconds * 1000) / this.options.speed;
    this.timer = setTimeout(() => void this.check(signal), Math.max(1, dueMs - Date.now()));
  }

  private become(verdict: Verdict): void {
    const changed = verdict.state !== this.verdict.state;
    this.verdict = verdict;
    if (changed) this.options.onChange();
  }
}
