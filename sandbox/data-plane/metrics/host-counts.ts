import type { TargetGroup } from '../targets/target-group';
import type { TargetGroups } from '../targets/target-groups';
import type { MetricStore } from './metric-store';
import type { Series } from './series';

const samplesPerBucket = 5;
const shortestMs = 100;

interface HostSeries {
  healthy: Series;
  unhealthy: Series;
}

/**
 * Samples HealthyHostCount and UnHealthyHostCount of every target group that is in use. Unlike the request counters
 * they are there with value 0 too; targets that are new or draining count as neither, and a group without targets has
 * no sample.
 */
export class HostCountSampler {
  private readonly timer: NodeJS.Timeout;
  /** By balancer; kept, because the store's keys are dear when there are thousands of groups. */
  private readonly series = new WeakMap<TargetGroup, Map<string, HostSeries>>();

  constructor(
    private readonly store: MetricStore,
    private readonly groups: TargetGroups,
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
    for (const group of this.groups.all()) {
      const states = group.countStates();
      if (states.size === 0) continue;
      for (const loadBalancer of group.usedBy) {
        const { healthy, unhealthy } = this.seriesOf(group, loadBalancer);
        healthy.add(states.get('healthy') ?? 0, nowMs);
        unhealthy.add(states.get('unhealthy') ?? 0, nowMs);
      }
    }
  }

  private seriesOf(group: TargetGroup, loadBalancer: string): HostSeries {
    const ofGroup = this.series.get(group) ?? new Map<string, HostSeries>();
    this.series.set(group, ofGroup);
    let series = ofGroup.get(loadBalancer);
    if (series === undefined) {
      const dimensions = { TargetGroup: group.settings.dimension, LoadBalancer: loadBalancer };
      series = {
        healthy: this.store.seriesOf('HealthyHostCount', dimensions),
        unhealthy: this.store.seriesOf('UnHealthyHostCount', dimensions),
      };
      ofGroup.set(loadBalancer, series);
    }
    return series;
  }
}
