/**
 * Tells a service's webhook. Neither writer nor watcher: nothing in AWS is touched, and saying it twice does no harm,
 * because the notification's id stays the same.
 */
import type { ActivityDeps } from './deps';
import { sendWebhook } from '../clients/http/webhook';
import type { Notification } from '../domain/notification';

const answerWithinMs = 10_000;

export function createNotifyActivities({ notifySecret }: Pick<ActivityDeps, 'notifySecret'>) {
  return {
    notify: async (input: { webhook: string; notification: Notification }): Promise<void> => {
      const { webhook, notification } = input;
      if (notifySecret === undefined) {
        throw new Error(
          `nobody was told at ${webhook}: this worker has no FLEETSHIFT_NOTIFY_SECRET to sign with; ` +
            'set it and start the worker again',
        );
      }
      await sendWebhook({
        url: webhook,
        secret: notifySecret,
        body: JSON.stringify(notification),
        withinMs: answerWithinMs,
      });
    },
  };
}
