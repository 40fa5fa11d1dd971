import { randomUUID } from 'node:crypto';
import type { ActivitiesType, DescribeScalingActivitiesType } from '@aws-sdk/client-auto-scaling';
import type { Validated } from '../codec/operation';
import type { CloudState } from '../state/cloud-state';
import type { ActivityState } from '../state/group-state';
import { pageOf } from '../state/paging';

const defaultPageSize = 100;

export interface NewActivity {
  groupName: string;
  description: string;
  cause: string;
}

/** Records a scaling activity that has just begun. */
export function beginActivity(state: CloudState, activity: NewActivity): ActivityState {
  const begun: ActivityState = {
    ActivityId: randomUUID(),
    AutoScalingGroupName: activity.groupName,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(),
    StatusCode: 'InProgress',
    Progress: 50,
  };
  state.activities.set(begun.ActivityId, begun);
  return begun;
}

/** Ends an activity: unknown ids are no error, since an activity may be ended from two sides. */
export function endActivity(
  state: CloudState,
  activityId: string,
  end: { status: 'Successful' | 'Failed' | 'Cancelled'; message?: string },
): void {
  const activity = state.activities.get(activityId);
  if (!activity || activity.EndTime) return;
  Object.assign(activity, { EndTime: new Date(), StatusCode: end.status, Progress: 100 });
  if (end.message !== undefined) activity.StatusMessage = end.message;
}

/** Newest first, also of groups that are gone when they are named. */
export function describeActivities(state: CloudState, input: Validated<DescribeScalingActivitiesType>): ActivitiesType {
  const matching = [...state.activities.values()].filter(
    (activity) =>
      (input.AutoScalingGroupName === undefined || activity.AutoScalingGroupName === input.AutoScalingGroupName) &&
      (!input.ActivityIds?.length || input.ActivityIds.includes(activity.ActivityId)),
  );
  const page = pageOf(matching.reverse(), input.NextToken, input.MaxRecords ?? defaultPageSize);
  return { Activities: page.items, NextToken: page.nextToken };
}
