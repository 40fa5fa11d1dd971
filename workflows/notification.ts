/** One thing that a webhook is told. A workflow of its own, so that it outlives the deployment that it is about. */
import { log, proxyActivities } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../activities';
import type { Notification } from '../domain/notification';
import { activityFailureMessage } from './calls';

export interface NotificationInput {
  webhook: string;
  notification: Notification;
  /** After so long without a receiver that takes it, it is given up. */
  limitSeconds: number;
}

/** Fails when nobody took it in time, so that Temporal lists it as failed. */
export async function notification({ webhook, notification, limitSeconds }: NotificationInput): Promise<void> {
  const { notify } = proxyActivities<Activities>({
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: limitSeconds * 1000,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
    summary: `${notification.event} of #${notification.number}`,
  });
  try {
    await notify({ webhook, notification });
  } catch (error) {
    const why = activityFailureMessage(error);
    if (why === undefined) throw error;
    log.error('nobody was told', { id: notification.id, event: notification.event, why });
    throw ApplicationFailure.nonRetryable(why, 'untold');
  }
}
