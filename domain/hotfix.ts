/**
 * A hotfix: old is known to be bad, so time counts more. A step and the bake last as long as the judge needs for its
 * rows and no longer. Everything else stays: readiness, settling, the minimum of requests, the comparison, gates.
 */
import { minimumRows } from './judge/settings';
import type { ServiceConfig } from './service-file';
import { formatSeconds } from './units';

export function hastened(service: ServiceConfig): ServiceConfig {
  const neededSeconds = minimumRows * service.judge.periodSeconds;
  return {
    ...service,
    shift: { ...service.shift, stepSeconds: Math.min(service.shift.stepSeconds, neededSeconds) },
    bakeSeconds: Math.min(service.bakeSeconds, neededSeconds),
  };
}

/** @param service as it was hastened */
export function hotfixWarning({ shift, bakeSeconds }: ServiceConfig): string {
  return (
    `hotfix: each step lasts ${formatSeconds(shift.stepSeconds)} and the bake ${formatSeconds(bakeSeconds)}, the least that the judge needs, ` +
    'and neither an outage that both fleets share nor an unhealthy old fleet holds the shift'
  );
}
