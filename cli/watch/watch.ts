/** Looks at a run until it has ended, and shows each look. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporalError } from '../../clients/temporal/temporal-error';
import type { LivePrinter } from './live-printer';

const lookEveryMs = 1_000;

export type Look<Seen> = { kind: 'found'; seen: Seen } | { kind: 'not-found' };
export type WatchEnd<Seen> = { kind: 'ended'; seen: Seen } | { kind: 'not-found' } | { kind: 'interrupted' };

/**
 * An outage of Temporal does not end the watching: what is watched is not lost by it, so neither is the view.
 * @param signal aborted by Ctrl-C; what is watched goes on
 */
export async function watch<Seen>(input: {
  read: () => Promise<Look<Seen>>;
  hasEnded: (seen: Seen) => boolean;
  printer: LivePrinter<Seen>;
  signal: AbortSignal;
}): Promise<WatchEnd<Seen>> {
  const { read, hasEnded, printer, signal } = input;
  let troubled = false;
  while (!signal.aborted) {
    const look = await unlessAborted(lookOnce(read), signal);
    if (look.kind === 'interrupted' || look.kind === 'not-found') return look;
    if (look.kind === 'trouble') {
      if (!troubled) printer.remark(`${look.message} Still trying; the deployment does not depend on it.`);
      troubled = true;
    } else {
      troubled = false;
      printer.show(look.seen);
      if (hasEnded(look.seen)) return { kind: 'ended', seen: look.seen };
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return { kind: 'interrupted' };
}

async function lookOnce<Seen>(
  read: () => Promise<Look<Seen>>,
): Promise<Look<Seen> | { kind: 'trouble'; message: string }> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TemporalError && error.code !== 'refused') return { kind: 'trouble', message: error.message };
    throw error;
  }
}

/**
 * A look may take seconds when nobody answers; who gives up need not wait for it. The listener is taken away after each
 * look: a watch of days would gather one for every second.
 */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | { kind: 'interrupted' }> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<{ kind: 'interrupted' }>((resolve) => {
    onAbort = () => resolve({ kind: 'interrupted' });
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
