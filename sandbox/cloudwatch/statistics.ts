import type { Dimension } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../aws-error';
import type { MetricQuery } from '../data-plane/types';

const modelled = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] as const;
const subMinutePeriods = [1, 5, 10, 20, 30];

/** @throws AwsError InvalidParameterValue for statistics (percentiles, trimmed means) that the sandbox does not model. */
export function checkStatistic(name: string): MetricQuery['stat'] {
  const stat = modelled.find((candidate) => candidate === name);
  if (stat === undefined) {
    const message = `The statistic ${name} is not modelled by the sandbox; it has ${modelled.join(', ')}.`;
    throw new AwsError('InvalidParameterValue', message);
  }
  return stat;
}

/** @throws AwsError ValidationError unless AWS takes the period: 1, 5, 10, 20, 30 or a multiple of 60 seconds. */
export function checkPeriod(periodSeconds: number): number {
  if (periodSeconds > 0 && (periodSeconds % 60 === 0 || subMinutePeriods.includes(periodSeconds))) return periodSeconds;
  throw new AwsError('ValidationError', 'Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
}

export function checkTimeRange(start: Date, end: Date): { startMs: number; endMs: number } {
  if (start.getTime() >= end.getTime()) {
    const message = 'The parameter EndTime must be greater than StartTime.';
    throw new AwsError('ValidationError', message);
  }
  return { startMs: start.getTime(), endMs: end.getTime() };
}

export function dimensionRecord(dimensions: readonly Dimension[] | undefined): Record<string, string> {
  return Object.fromEntries((dimensions ?? []).map((dimension) => [dimension.Name ?? '', dimension.Value ?? '']));
}
