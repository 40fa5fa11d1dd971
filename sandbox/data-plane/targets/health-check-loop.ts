import type { Target } from '../types';
import { checkHealth } from './health-check';
import type { HealthCheckOptions, HealthChecks } from './mechanics';
import { firstChecks, nextVerdict, registering, registrationSeconds, type Verdict } from './verdict';

/** Checks one target with real requests. */
export class HealthCheckLoop implements HealthChecks {
  verdict: Verdict = registering;
  private running: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly target: Target,
    private readonly options: HealthCheckOptions & { speed: number },
  ) {}

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
    const result = await checkHealth(this.target, settings, signal);
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
