import type { TargetGroup } from '../targets/target-group';
import type { MetricStore } from './metric-store';

const samplesPerBucket = 5;
const shortestMs = 100;

/**
 * Samples HealthyHostCount and UnHealthyHostCount of every target group that is in use. Unlike the request counters
 * they are there with value 0 too; targets that are new or draining count as neither, and a group without targets has
 * no sample.
 */
export class HostCountSampler {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly store: MetricStore,
    private readonly groups: ReadonlyMap<string, TargetGroup>,
    resolutionSeconds: number,
  ) {
    const everyMs = Math.max(shortestMs, (resolutionSeconds * 1000) / samplesPerBucket);
    this.timer = setInterval(() => this.sample(), everyMs);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    const nowMs = Date.now();
    for (const group of this.groups.values()) {
      const states = group.health().map(({ state }) => state);
      if (states.length === 0) continue;
      const healthy = states.filter((state) => state === 'healthy').length;
      const unhealthy = states.filter((state) => state === 'unhealthy').length;
      for (const loadBalancer of group.usedBy) {
        const dimensions = { TargetGroup: group.settings.dimension, LoadBalancer: loadBalancer };
        this.store.seriesOf('HealthyHostCount', dimensions).add(healthy, nowMs);
        this.store.seriesOf('UnHealthyHostCount', dimensions).add(unhealthy, nowMs);
      }
    }
  }
}
