import {
  GetMetricData$,
  GetMetricStatistics$,
  type GetMetricDataInput,
  type GetMetricStatisticsInput,
} from '@aws-sdk/client-cloudwatch';
import { liveRead, type Operation } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import { getMetricData } from './metric-data';
import { getMetricStatistics } from './metric-statistics';

export function cloudWatchOperations(cloud: Cloud): Operation[] {
  return [
    liveRead<GetMetricDataInput>(GetMetricData$, (input) => getMetricData(cloud, input)),
    liveRead<GetMetricStatisticsInput>(GetMetricStatistics$, (input) => getMetricStatistics(cloud, input)),
  ];
}
