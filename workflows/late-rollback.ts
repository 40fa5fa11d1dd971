/** A rollback for which the old fleet is no longer kept: it goes on leaving, while what it ran is deployed again. */
import { CancellationScope, patched } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ControlRequest, Ruling } from '../domain/control';
import { undoneBy, type DrainRecord } from '../domain/late-rollback';
import { activityFailureMessage } from './calls';

export interface LateRollbacksInput {
  drain: DrainRecord;
  writers: (summary: string) => Pick<Activities, 'deployPrevious'>;
}

/** Each is asked for in the background, for the drain has nothing to wait for. */
export class LateRollbacks {
  private waiting = 0;
  /** What becomes of the last one that was asked for; null when nobody has asked. */
  last: Promise<Ruling> | null = null;

  constructor(private readonly input: LateRollbacksInput) {}

  /** Nobody waits for an answer. */
  get areAnswered(): boolean {
    return this.waiting === 0;
  }

  /** @param answered hears the ruling when it is known */
  ask(asked: ControlRequest, answered: (ruling: Ruling) => void): void {
    this.waiting++;
    // Also after a cancel, which a drain ignores.
    this.last = CancellationScope.nonCancellable(() => this.answer(asked)).then((ruling) => {
      this.waiting--;
      answered(ruling);
      return ruling;
    });
  }

  private async answer(asked: ControlRequest): Promise<Ruling> {
    const undone = undoneBy(this.input.drain);
    const { previousImageId } = undone;
    // Drains of an earlier release refused it, and made no call.
    if (!patched('rollback-after-keep') || previousImageId === null)
      return { kind: 'refused', text: 'the old fleet is being let go: deploy its version again' };
    try {
      const rollback = { undone: { ...undone, previousImageId }, asked };
      return await this.input.writers(`deploy ${previousImageId} again`).deployPrevious(rollback);
    } catch (error) {
      const message = activityFailureMessage(error);
      if (message === undefined) throw error;
      return {
        kind: 'refused',
        text: `whether ${previousImageId} is deployed again is not known, so ask again, it is done once: ${message}`,
      };
    }
  }
}
