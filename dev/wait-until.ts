/** Waiting on a state instead of on the clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface WaitOptions<T> {
  /** Gives up after this long; 30 s unless told. */
  deadlineMs?: number;
  /** Pause between two looks; 50 ms unless told. */
  everyMs?: number;
  /** What counts as reached; any truthy value unless told. */
  until?: (seen: T) => boolean;
  /** Ends the wait early, with an AbortError. */
  signal?: AbortSignal;
}

/**
 * Looks again and again until the state is reached, and answers what it saw then. A look that throws counts as
 * "not yet".
 * @param what completes the sentence "waited … for", for example `the worker to poll`
 * @throws Error with `what` and the last thing seen (or the last look's own error) when the deadline passes
 */
export async function waitUntil<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadlineMs = 30_000, everyMs = 50, until = Boolean, signal }: WaitOptions<T> = {},
): Promise<T> {
  const giveUpAtMs = Date.now() + deadlineMs;
  for (;;) {
    let lastSeen: string;
    try {
      const seen = await look();
      if (until(seen)) return seen;
      lastSeen = inspect(seen, { depth: 6, breakLength: 120 });
    } catch (error) {
      lastSeen = `an error: ${error instanceof Error ? error.message : inspect(error)}`;
    }
    if (Date.now() >= giveUpAtMs) {
      throw new Error(`waited ${deadlineMs / 1000} s for ${what}, in vain; last seen: ${lastSeen}`);
    }
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal });
  }
}
