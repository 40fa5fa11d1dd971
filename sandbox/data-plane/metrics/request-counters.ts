import type { MetricStore } from './metric-store';
import type { Series } from './series';

/** How one request that had a target ended. */
export interface RequestEnd {
  /** What the target answered; absent when it gave no answer. */
  targetStatus?: number;
  /** From sending the request until the first byte of the target's answer. */
  targetSeconds?: number;
  /** What the balancer answered in the target's place. */
  balancerStatus?: number;
  /** No connection to the target could be opened. */
  connectionFailed?: boolean;
}

const targetStatusMetrics: Record<number, string> = {
  2: 'HTTPCode_Target_2XX_Count',
  3: 'HTTPCode_Target_3XX_Count',
  4: 'HTTPCode_Target_4XX_Count',
  5: 'HTTPCode_Target_5XX_Count',
};

/**
 * The errors that a balancer answers itself. They exist per balancer only: AWS does not tell whose target group they
 * were meant for.
 */
export class BalancerCounters {
  private readonly errors: Series;
  private readonly byStatus: Map<number, Series>;

  constructor(store: MetricStore, loadBalancerDimension: string) {
    const dimensions = { LoadBalancer: loadBalancerDimension };
    this.errors = store.seriesOf('HTTPCode_ELB_5XX_Count', dimensions);
    this.byStatus = new Map(
      [502, 503, 504].map((status) => [status, store.seriesOf(`HTTPCode_ELB_${status}_Count`, dimensions)]),
    );
  }

  answered(status: number, nowMs = Date.now(), count = 1): void {
    this.errors.add(1, nowMs, count);
    this.byStatus.get(status)?.add(1, nowMs, count);
  }
}

/**
 * The counters of one target group behind one balancer, each kept twice: for the pair, and for the whole balancer.
 *
 * All that is counted for a request is counted at one moment, when it is completed, so that the numbers of a period
 * belong to the same requests.
 */
export class RequestCounters {
  private readonly requests: Series[];
  private readonly connectionErrors: Series[];
  private readonly targetSeconds: Series[];
  private readonly byStatusClass = new Map<number, Series[]>();

  constructor(
    store: MetricStore,
    dimensions: { LoadBalancer: string; TargetGroup: string },
    private readonly balancer: BalancerCounters,
  ) {
    const both = (metricName: string): Series[] => [
      store.seriesOf(metricName, dimensions),
      store.seriesOf(metricName, { LoadBalancer: dimensions.LoadBalancer }),
    ];
    this.requests = both('RequestCount');
    this.connectionErrors = both('TargetConnectionErrorCount');
    this.targetSeconds = both('TargetResponseTime');
    for (const [statusClass, name] of Object.entries(targetStatusMetrics)) {
      this.byStatusClass.set(Number(statusClass), both(name));
    }
  }

  /** @param count so many requests that all ended alike */
  completed(end: RequestEnd, nowMs = Date.now(), count = 1): void {
    const add = (series: Series[], value: number): void => {
      for (const each of series) each.add(value, nowMs, count);
    };
    add(this.requests, 1);
    if (end.targetStatus !== undefined) add(this.byStatusClass.get(Math.floor(end.targetStatus / 100)) ?? [], 1);
    if (end.targetSeconds !== undefined) add(this.targetSeconds, end.targetSeconds);
    if (end.connectionFailed) add(this.connectionErrors, 1);
    if (end.balancerStatus !== undefined) this.balancer.answered(end.balancerStatus, nowMs, count);
  }
}
