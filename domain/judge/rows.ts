/** From what CloudWatch says about target groups to the counts of two fleets. */
import type { Row } from './evidence';

/** Sums of one target group in one period; absent where CloudWatch has no value. */
export interface TargetGroupSums {
  requestCount?: number | undefined;
  target5xx?: number | undefined;
  connectionErrors?: number | undefined;
  target2xx?: number | undefined;
  target3xx?: number | undefined;
  target4xx?: number | undefined;
}

/** One period of both fleets. A period or target group that is left out counts as one without traffic. */
export interface PeriodSums {
  startMs: number;
  newFleet: readonly TargetGroupSums[];
  oldFleet: readonly TargetGroupSums[];
  /** 5xx that the balancers made themselves; AWS has them per balancer only, without a fleet. */
  balancerErrors?: number | undefined;
}

export interface FleetCounts {
  requests: number;
  errors: number;
}

export type FleetReading = ({ kind: 'counts' } & FleetCounts) | { kind: 'invalid'; detail: string };
export type RowReading = { kind: 'row'; row: Row } | { kind: 'invalid'; detail: string };

/**
 * Counts of one fleet. CloudWatch publishes a sum only when something happened: requests without a 5xx value had no
 * error, and no value at all means no traffic. A connection error is a failed request; there may be more of them than
 * requests (a retry, or no target chosen), which is a fleet that refuses connections and not a measuring fault.
 */
export function fleetCounts(targetGroups: readonly TargetGroupSums[]): FleetReading {
  const total: FleetCounts = { requests: 0, errors: 0 };
  for (const sums of targetGroups) {
    const detail = oddity(sums);
    if (detail !== null) return { kind: 'invalid', detail };
    const { requestCount = 0, target5xx = 0, connectionErrors = 0 } = sums;
    const requests = Math.max(requestCount, connectionErrors);
    total.requests += requests;
    total.errors += Math.min(requests, target5xx + connectionErrors);
  }
  return { kind: 'counts', ...total };
}

export function readRow(period: PeriodSums, control: Row['control']): RowReading {
  const newFleet = fleetCounts(period.newFleet);
  if (newFleet.kind === 'invalid') return { kind: 'invalid', detail: `new fleet: ${newFleet.detail}` };
  const oldFleet = fleetCounts(period.oldFleet);
  if (oldFleet.kind === 'invalid') return { kind: 'invalid', detail: `old fleet: ${oldFleet.detail}` };
  return {
    kind: 'row',
    row: {
      startMs: period.startMs,
      newRequests: newFleet.requests,
      newErrors: newFleet.errors,
      oldRequests: oldFleet.requests,
      oldErrors: oldFleet.errors,
      control,
    },
  };
}

/** CloudWatch's names; per target group and balancer. */
export const metricNames = {
  requestCount: 'RequestCount',
  target5xx: 'HTTPCode_Target_5XX_Count',
  connectionErrors: 'TargetConnectionErrorCount',
  target2xx: 'HTTPCode_Target_2XX_Count',
  target3xx: 'HTTPCode_Target_3XX_Count',
  target4xx: 'HTTPCode_Target_4XX_Count',
} as const;

function oddity(sums: TargetGroupSums): string | null {
  for (const [field, metric] of Object.entries(metricNames)) {
    const value = sums[field as keyof typeof metricNames];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
      return `${metric} is ${value}, not a count`;
    }
  }
  return null;
}
