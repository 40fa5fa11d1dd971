/** Tells a service's webhook in the background: what is told never delays or changes what it is about. */
import { ParentClosePolicy, patched, startChild, uuid4 } from '@temporalio/workflow';
import { rootCause } from '@temporalio/common';
import type { Hold } from '../domain/deployment';
import { notificationOf, tellForSeconds, type About, type Happening } from '../domain/notification';
import { notification } from './notification';
import { searchAttributes } from './search-attributes';

export interface Teller {
  tell(happening: Happening): void;
  /** A run may end once Temporal has all that it said; whether a receiver takes it is no longer its business. */
  handedOver(): Promise<void>;
}

/** A hold that comes and goes for one reason is told once in so long. */
const quietMs = 10 * 60_000;

/** @param notice hears what became of it, for as long as the run lives */
export function tellerFor(input: {
  webhook: string | undefined;
  about: About;
  notice: (text: string) => void;
}): Teller {
  const { webhook, about, notice } = input;
  const handovers: Promise<void>[] = [];
  const heldToldMs = new Map<Hold['reason'], number>();
  const isFlapping = (happening: Happening) => {
    if (happening.event !== 'held') return false;
    const { reason, sinceMs } = happening.hold;
    if (sinceMs < (heldToldMs.get(reason) ?? 0) + quietMs) return true;
    heldToldMs.set(reason, sinceMs);
    return false;
  };
  return {
    tell: (happening) => {
      if (webhook === undefined || isFlapping(happening)) return;
      handovers.push(handOver({ webhook, about, notice, happening }));
    },
    handedOver: async () => {
      await Promise.all(handovers);
    },
  };
}

/** Known only after a while: whoever asked may not wait for it any more, and believe that the traffic goes back. */
export function tellRefusedRollback(teller: Teller, reason: string): void {
  // Drains of an earlier release told nobody.
  if (patched('rollback-refused-told')) teller.tell({ event: 'rollback-refused', reason });
}

async function handOver(input: {
  webhook: string;
  about: About;
  notice: (text: string) => void;
  happening: Happening;
}): Promise<void> {
  const { webhook, about, notice, happening } = input;
  const atMs = Date.now();
  // New at every happening and the same in every replay; after a reset what happens again is news.
  const id = `${(about.drainId ?? about.deploymentId).replace(/^\w+:/, 'notify:')}:${uuid4().slice(0, 8)}`;
  const untold = (error: unknown) =>
    notice(`nobody was told of "${happening.event}": ${rootCause(error) ?? 'unknown'}`);
  try {
    const child = await startChild(notification, {
      workflowId: id,
      args: [
        {
          webhook,
          notification: notificationOf({ happening, about, id, atMs }),
          limitSeconds: tellForSeconds(happening, atMs),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `tell of ${about.service} #${about.number}: ${happening.event}`,
      typedSearchAttributes: [{ key: searchAttributes.service, value: about.service }],
    });
    child.result().then(() => notice(`the webhook was told: ${happening.event}`), untold);
  } catch (error) {
    untold(error);
  }
}
