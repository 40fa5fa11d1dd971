/** Hears the verbs, as signals and as updates: each is ruled on by the one table, recorded, and left to the main loop. */
import { ApplicationFailure } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import {
  earlierRuling,
  readControlRequest,
  rule,
  verbs,
  type ControlAnswer,
  type ControlRequest,
  type RecordedRequest,
  type Ruling,
  type Situation,
  type Verb,
} from '../domain/control';
import type { RequestNote } from '../domain/deployment';
import { controlSignals, controlUpdates } from './messages';

export interface Controlled {
  /** Gets every request that was made, whatever became of it. */
  readonly progress: ControlAnswer['state'];
  situation(): Situation;
  /** Records the intent of a request that is taken; must not wait. */
  intend(verb: Verb, request: ControlRequest): void;
  /** For an update: what becomes of a request that was taken, when that is known only later; null as it was ruled. */
  confirm?(verb: Verb): Promise<Ruling | null>;
  notice(text: string): void;
}

/**
 * Call before the first await: what has arrived until then is delivered here. Of several that arrive together each sees
 * what the ones before it left, in the order of the history, so that the end is the same in every replay.
 */
export function listenToVerbs(controlled: Controlled): void {
  for (const verb of verbs) {
    setHandler(controlSignals[verb], (payload) => {
      const read = readControlRequest(payload);
      if (read.kind === 'unreadable')
        controlled.notice(`${verb}: its payload could not be read (${read.problem}); the request counts all the same`);
      request(controlled, verb, read.kind === 'read' ? read.request : {});
    });
    setHandler(
      controlUpdates[verb],
      async (payload?: ControlRequest): Promise<ControlAnswer> => {
        const ruling = request(controlled, verb, payload ?? {});
        const later = ruling.kind === 'taken' ? await controlled.confirm?.(verb) : null;
        return { ...(later ?? ruling), state: controlled.progress };
      },
      {
        validator: (payload?: ControlRequest) => {
          const read = readControlRequest(payload);
          if (read.kind === 'unreadable') throw ApplicationFailure.nonRetryable(`${verb}: ${read.problem}`, 'invalid');
        },
      },
    );
  }
}

const requestsKept = 60;

export function request(controlled: Controlled, verb: Verb, asked: ControlRequest): Ruling {
  const earlier = earlierRuling(controlled.progress.requests, { ...asked, verb });
  if (earlier) return earlier;
  const ruling = rule(verb, controlled.situation(), asked.full);
  const recorded: RecordedRequest = { ...asked, atMs: Date.now(), verb, ruling: ruling.kind };
  controlled.progress.requests = [...controlled.progress.requests, recorded].slice(-requestsKept);
  const what = `${verb}${signature(asked)}`;
  controlled.notice(ruling.kind === 'taken' ? what : `${what} – ${ruling.kind}: ${ruling.text}`);
  if (ruling.kind === 'taken') controlled.intend(verb, asked);
  return ruling;
}

export function signature({ by, reason }: RequestNote): string {
  return `${by === undefined ? '' : ` by ${by}`}${reason === undefined ? '' : `: ${reason}`}`;
}
