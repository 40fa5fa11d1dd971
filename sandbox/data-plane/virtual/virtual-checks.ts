import type { HealthCheckOptions, HealthChecks } from '../targets/mechanics';
import { firstChecks, nextVerdict, registering, registrationSeconds, type Verdict } from '../targets/verdict';
import type { After } from '../targets/mechanics';
import type { Target } from '../types';
import type { VirtualServers } from './virtual-servers';

/** Checks one target without a request: the server is asked what it would answer. */
export class VirtualChecks implements HealthChecks {
  verdict: Verdict = registering;
  isRunning = false;
  private callOff: () => void = () => undefined;

  constructor(
    private readonly target: Target,
    private readonly options: HealthCheckOptions & { speed: number; after: After; servers: VirtualServers },
  ) {}

  start(): void {
    this.stop();
    this.isRunning = true;
    this.become(registering);
    this.callOff = this.options.after((registrationSeconds * 1000) / this.options.speed, () => {
      this.become(firstChecks);
      this.check();
    });
  }

  stop(): void {
    this.callOff();
    this.isRunning = false;
  }

  private readonly check = (): void => {
    const settings = this.options.settings();
    const result = this.options.servers.check(this.target, settings);
    this.callOff = this.options.after((settings.intervalSeconds * 1000) / this.options.speed, this.check);
    this.become(nextVerdict(this.verdict, result, settings));
  };

  private become(verdict: Verdict): void {
    const changed = verdict.state !== this.verdict.state;
    this.verdict = verdict;
    if (changed) this.options.onChange();
  }
}
