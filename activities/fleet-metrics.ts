/** What passed through both fleets, per metric period; raw sums as CloudWatch has them, absent where it has none. */
import { dimensionOf, newTargetGroupArns } from './target-group';
import { metricSums, type BalancerMetric, type MetricWindow } from '../clients/aws/metrics';
import type { AwsSession } from '../clients/aws/sessions';
import { metricNames, type PeriodSums, type TargetGroupSums } from '../domain/judge/rows';
import type { Plan } from '../domain/plan';

const fields = Object.keys(metricNames) as (keyof typeof metricNames)[];

/** A target group as one balancer counts it; a fleet's numbers are the sum over these. */
interface Place {
  targetGroup: string;
  loadBalancer: string;
}

/**
 * One entry per period of the window, oldest first; null when it can be told only in part.
 * @param fleets of `old` alone, new has no requests in any entry
 */
export async function readFleetSums(
  aws: AwsSession,
  plan: Plan,
  window: MetricWindow,
  fleets: 'both' | 'old' = 'both',
): Promise<PeriodSums[] | null> {
  const newArns = fleets === 'both' ? await newTargetGroupArns(aws, plan) : [];
  // What is not found has not had no requests.
  if (newArns.includes(null)) return null;
  const oldPlaces = places(plan, (pair) => plan.pairs[pair]?.oldArn);
  const newPlaces = places(plan, (pair) => newArns[pair]);
  const ofFleets = [...oldPlaces, ...newPlaces].flatMap((place) =>
    fields.map((field): BalancerMetric => ({ ...place, metricName: metricNames[field] })),
  );
  const ofBalancers = balancerErrorMetrics(plan.routes);
  const series = await metricSums(aws, [...ofFleets, ...ofBalancers], window);
  if (!series) return null;
  const sumsAt = (place: number, startMs: number): TargetGroupSums =>
    Object.fromEntries(fields.map((field, index) => [field, series[place * fields.length + index]?.get(startMs)]));
  const periods: PeriodSums[] = [];
  for (let startMs = window.startMs; startMs < window.endMs; startMs += window.periodSeconds * 1000) {
    periods.push({
      startMs,
      oldFleet: oldPlaces.map((_, index) => sumsAt(index, startMs)),
      newFleet: newPlaces.map((_, index) => sumsAt(oldPlaces.length + index, startMs)),
      balancerErrors: series.slice(ofFleets.length).reduce((sum, one) => sum + (one.get(startMs) ?? 0), 0),
    });
  }
  return periods;
}

/** Errors that balancers made themselves; they have no target group, so no fleet to blame. */
export function balancerErrorMetrics(routes: readonly { loadBalancer: string }[]): BalancerMetric[] {
  const balancers = [...new Set(routes.map((route) => route.loadBalancer))];
  return balancers.map((loadBalancer) => ({ loadBalancer, metricName: 'HTTPCode_ELB_5XX_Count' }));
}

function places(plan: Plan, arnOf: (pair: number) => string | null | undefined): Place[] {
  const all = plan.routes.flatMap((route): Place[] => {
    const arn = arnOf(route.pair);
    return arn ? [{ targetGroup: dimensionOf(arn), loadBalancer: route.loadBalancer }] : [];
  });
  return [...new Map(all.map((place) => [`${place.targetGroup} ${place.loadBalancer}`, place])).values()];
}

/** The whole periods that began at or after a moment and are old enough to be complete. */
export function completeWindow(input: {
  sinceMs: number;
  nowMs: number;
  periodSeconds: number;
  lagSeconds: number;
}): MetricWindow {
  const periodMs = input.periodSeconds * 1000;
  return {
    periodSeconds: input.periodSeconds,
    startMs: Math.ceil(input.sinceMs / periodMs) * periodMs,
    endMs: Math.floor((input.nowMs - input.lagSeconds * 1000) / periodMs) * periodMs,
  };
}
