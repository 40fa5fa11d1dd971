import { Agent } from 'node:http';
import type { Target, TargetHealth, TargetState } from '../types';
import type { Draining } from './draining';
import type { HealthChecks } from './mechanics';

/**
 * Idle connections to a server are closed by the balancer after this time, well before the servers' own 75 s: were the
 * server first, a request could run into the closing.
 */
const idleConnectionMs = 20_000;

/** A request on its way that can be cut when its target's time is over. */
export interface Cuttable {
  cut(): void;
}

/** One target of one group: its health, its connections and the requests that it works on. */
export class RegisteredTarget {
  private connections: Agent | undefined;
  readonly inFlight = new Set<Cuttable>();
  draining: Draining | undefined;

  constructor(
    readonly target: Target,
    readonly checks: HealthChecks,
  ) {}

  /** Made when the first request needs it: thousands of targets never get one. */
  get agent(): Agent {
    this.connections ??= new Agent({ keepAlive: true, timeout: idleConnectionMs });
    return this.connections;
  }

  /** Cuts what is still in flight and closes all connections. */
  close(): void {
    this.checks.stop();
    this.draining?.callOff();
    for (const exchange of [...this.inFlight]) exchange.cut();
    this.connections?.destroy();
  }

  state(): TargetState {
    if (this.draining) return 'draining';
    return this.checks.isRunning ? this.checks.verdict.state : 'unused';
  }

  health(): TargetHealth {
    if (this.draining) {
      const description = 'Target deregistration is in progress';
      return { target: this.target, state: 'draining', reason: 'Target.DeregistrationInProgress', description };
    }
    if (!this.checks.isRunning) {
      const description = 'Target group is not configured to receive traffic from the load balancer';
      return { target: this.target, state: 'unused', reason: 'Target.NotInUse', description };
    }
    const { state, reason, description } = this.checks.verdict;
    if (reason === undefined || description === undefined) return { target: this.target, state };
    return { target: this.target, state, reason, description };
  }
}
