/** What a person may ask of a deployment, and what becomes of it in every phase: the one table of all verbs. */
import { z } from 'zod';
import { requestNote, type DeploymentProgress, type DrainProgress, type Hold } from './deployment';
import { formatProblem, problemsOf } from './problems';

export const verbs = ['pause', 'resume', 'promote', 'abort', 'rollback'] as const;
export type Verb = (typeof verbs)[number];

/** Payload of every verb, as signal and as update. */
const controlShape = requestNote().extend({
  /** With `promote`: pass all steps that are left, not only the one that is waited for. */
  full: z.boolean().optional(),
  /** Two requests of one verb with the same key are one: whoever heard no answer may ask again, and nothing is done twice. */
  idempotencyKey: z.string().min(1).max(200).optional(),
});
export type ControlRequest = z.output<typeof controlShape>;

export function controlRequest() {
  return controlShape;
}

/**
 * `taken`: recorded, the workflow acts on it at its next turn. `already`: what was asked for is so. `refused`: nothing
 * was changed; the text says why, and what to do instead.
 */
export interface Ruling {
  kind: 'taken' | 'already' | 'refused';
  text: string;
  /** The deployment that does it, when it is one of its own: of a rollback for which old is no longer kept. */
  deploymentId?: string;
}

/** Answer of an update: the ruling, and how things stand after it. */
export interface ControlAnswer extends Ruling {
  state: DeploymentProgress | DrainProgress;
}

/** One request as it was ruled on; kept in the progress. */
export interface RecordedRequest extends ControlRequest {
  atMs: number;
  verb: Verb;
  ruling: Ruling['kind'];
}

/** What was ruled on this request when it came before; null when it comes for the first time. */
export function earlierRuling(
  requests: readonly RecordedRequest[],
  asked: Pick<RecordedRequest, 'verb' | 'idempotencyKey'>,
): Ruling | null {
  const { verb, idempotencyKey } = asked;
  if (idempotencyKey === undefined) return null;
  const known = requests.find((request) => request.verb === verb && request.idempotencyKey === idempotencyKey);
  return known ? { kind: known.ruling, text: 'this request was heard before, and counts once' } : null;
}

/** Where a deployment, or the drain after it, stands as far as the verbs care. */
export interface Situation {
  phase: DeploymentProgress['phase'] | DrainProgress['phase'];
  paused: boolean;
  /** Asked to abort, or already going back. */
  goingBack: boolean;
  /** New has all traffic: the deployment is about to end as succeeded. */
  decided: boolean;
  /** What stands still until somebody decides, if anything does. */
  waiting: { kind: 'gate' } | { kind: 'hold'; reason: Hold['reason'] } | null;
  /** What a promote asked for that has not been acted on yet. */
  promotion?: Promotion | null;
  /** Of a drain: what ran before its deployment; null when that is not known. */
  previousImageId?: string | null;
}

/**
 * A promote passes what is waited for when it is heard, and that only: a gate, a hold, the bake, or the step that is shown.
 * The next step is shown from the moment at which the one before it ends; so a promote between two steps counts for the
 * coming one, which is still checked, written and settled, and is then passed. Where what it was meant for ends by itself at
 * that moment, the promote ends with it. A gate is a decision of its own: a promote before it does not pass it.
 * `all` passes every step that is left and their gates, in one change to the last planned share, and ends with the shift;
 * in the bake it passes the bake and the gate after it.
 */
export type Promotion = 'one' | 'all';

const taken = (text: string): Ruling => ({ kind: 'taken', text });
const already = (text: string): Ruling => ({ kind: 'already', text });
const refused = (text: string): Ruling => ({ kind: 'refused', text });

/** @param full with `promote`: all that is left */
export function rule(verb: Verb, situation: Situation, full = false): Ruling {
  // Refused, left as it is, or back already; what has succeeded has a drain, which has rulings of its own.
  if (situation.phase === 'decided' && !situation.decided)
    return refused('the deployment has ended: its result says how, and what is left to do');
  switch (verb) {
    case 'pause':
      return rulePause(situation);
    case 'resume':
      return situation.paused ? taken('it goes on') : already('nothing is paused');
    case 'promote':
      return rulePromote(situation, full);
    case 'abort':
      return ruleAbort(situation);
    case 'rollback':
      return ruleRollback(situation);
  }
}

function rulePause(situation: Situation): Ruling {
  if (situation.phase === 'finished') return refused('the old fleet is gone; nothing is left to pause');
  if (situation.goingBack) return refused('going back is never paused');
  if (isDraining(situation)) {
    if (situation.paused) return already('it is paused');
    return taken(situation.phase === 'keep' ? 'the old fleet is kept on' : 'no further server is let go');
  }
  if (situation.decided) return refused('the deployment is decided; pause its drain instead');
  if (situation.paused) return already('it is paused');
  return taken('it stops before its next change');
}

function rulePromote(situation: Situation, full: boolean): Ruling {
  const { phase, paused, goingBack, decided, waiting, promotion } = situation;
  if (goingBack) return refused('it goes back; promoting is over');
  if (phase === 'keep') {
    return paused ? refused('it is paused: resume it first') : taken('the old fleet is let go now');
  }
  if (phase === 'drain' || phase === 'retire' || phase === 'finished')
    return refused('the old fleet is being let go already; its work is waited for');
  if (decided) return already('the deployment is decided');
  if (phase !== 'shift' && phase !== 'bake')
    return refused('there is no traffic on new yet, and readiness is never skipped');
  if (paused) return refused('it is paused: resume it first');
  if (waiting?.kind === 'hold' && waiting.reason === 'foreign-edit')
    return refused('somebody else changed a route: put it back as it was written, or abort');
  if (promotion === 'all' || (promotion === 'one' && !full)) return already('a promote is being acted on');
  return taken(promoteSentence(situation, full));
}

function promoteSentence({ phase, waiting }: Situation, full: boolean): string {
  if (full) return phase === 'bake' ? 'what is left of the bake is passed' : 'the steps that are left are passed';
  if (waiting?.kind === 'gate') return 'the gate is passed';
  if (waiting?.kind === 'hold') return 'the hold ends, and what it held is passed';
  return phase === 'bake' ? 'the bake ends' : 'the step ends when its weight has settled';
}

function ruleAbort(situation: Situation): Ruling {
  if (isDraining(situation)) return refused('the deployment is decided: ask for rollback instead');
  if (situation.goingBack) return already('it goes back');
  if (situation.decided) return refused('the deployment is decided: ask its drain for rollback instead');
  return taken('the traffic is put back and what was made is removed');
}

function ruleRollback(situation: Situation): Ruling {
  const { phase } = situation;
  if (situation.goingBack) return already(phase === 'finished' ? 'it has gone back' : 'it goes back');
  if (phase === 'keep') return taken('the traffic goes back to the old fleet');
  if (isDraining(situation)) return ruleLateRollback(situation);
  if (situation.decided) return refused('the deployment is decided: ask its drain for rollback instead');
  if (phase === 'shift' || phase === 'bake') return taken('the traffic is put back and what was made is removed');
  return refused('no traffic has moved yet: abort instead');
}

/** Old cannot carry the traffic any more, or soon cannot. */
function ruleLateRollback({ previousImageId = null }: Situation): Ruling {
  return previousImageId === null
    ? refused(
        'the old fleet is no longer kept, and what it ran is not known: deploy the version that is wanted (fleetshift deploy <service file> --image <ami-…>)',
      )
    : taken(`the old fleet is no longer kept: ${previousImageId} is deployed again`);
}

function isDraining({ phase }: Situation): boolean {
  return phase === 'keep' || phase === 'drain' || phase === 'retire' || phase === 'finished';
}

/**
 * Reads the payload of a verb. Of a signal nobody hears an answer, so there the verb counts whatever its payload is,
 * and an unreadable one is told; an update that cannot be read is refused with the problem.
 */
export function readControlRequest(
  payload: unknown,
): { kind: 'read'; request: ControlRequest } | { kind: 'unreadable'; problem: string } {
  if (payload === undefined || payload === null) return { kind: 'read', request: {} };
  const unreadable = (found: string) => ({
    kind: 'unreadable' as const,
    problem: `expected JSON such as {"by": text, "reason": text}, but ${found}`,
  });
  // What the payload converter makes of bytes that it cannot decode.
  const undecoded = z.object({ unreadablePayload: z.string() }).safeParse(payload);
  if (undecoded.success) return unreadable(undecoded.data.unreadablePayload);
  const parsed = controlShape.safeParse(payload);
  return parsed.success
    ? { kind: 'read', request: parsed.data }
    : unreadable(problemsOf(parsed.error).map(formatProblem).join('; '));
}
