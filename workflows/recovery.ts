/** A look for deployments that Temporal has lost: read-only, for the command line, which never talks to AWS itself. */
import type { RecoveryAnswer, RecoveryInput } from '../domain/recovery';
import { activityFailureMessage, writers } from './calls';

const limitSeconds = 60;

export async function recovery({ service }: RecoveryInput): Promise<RecoveryAnswer> {
  const timeouts = { heartbeatSeconds: 30, writerSeconds: limitSeconds };
  try {
    const look = writers({ timeouts, direction: 'forward', limitSeconds }, 'find half-done deployments');
    return { kind: 'read', ...(await look.findHalfDone({ service })) };
  } catch (error) {
    const message = activityFailureMessage(error);
    if (message === undefined) throw error;
    return { kind: 'unreadable', message };
  }
}
