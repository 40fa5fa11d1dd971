import { drainPhases, type DrainProgress, type DrainResult } from '../../domain/deployment';
import { drainProgressQuery } from '../../workflows/messages';
import { searchAttributes } from '../../workflows/search-attributes';
import { answerOf } from './answer-of';
import type { Temporal } from './connection';
import { describeRun, isDrainId } from './describe-run';
import { liveTextsOf } from './live-reports';
import { resultOf } from './result-of';

/** How the old fleet of a deployment leaves. */
export interface DrainView {
  drainId: string;
  phase: DrainProgress['phase'];
  /** Null when no worker tells. */
  progress: DrainProgress | null;
  /** Null while it runs. */
  result: DrainResult | null;
  /** What its watchers say they see, and what is being tried again and why; changes all the time. */
  live: string[];
  /** Why the workflow ended without a result; null for all that ended well or still run. */
  stopped: string | null;
}

export type ReadDrainAnswer = { kind: 'found'; drain: DrainView } | { kind: 'not-found' };

/** @throws TemporalError when the server cannot be asked */
export async function readDrain(input: {
  temporal: Temporal;
  drainId: string;
  /** How long a worker may take to answer; 5 s unless told. */
  answerWithinMs?: number;
}): Promise<ReadDrainAnswer> {
  const { temporal, drainId, answerWithinMs = 5_000 } = input;
  const description = isDrainId(drainId) ? await describeRun({ temporal, id: drainId }) : null;
  if (description === null) return { kind: 'not-found' };
  const ending =
    description.closeTime === undefined ? { result: null, stopped: null } : await endingOf(temporal, drainId);
  const progress = await answerOf({ temporal, description, query: drainProgressQuery, answerWithinMs });
  const kept = description.typedSearchAttributes.get(searchAttributes.phase);
  const phase = progress?.phase ?? drainPhases.find((one) => one === kept) ?? 'keep';
  return { kind: 'found', drain: { drainId, phase, progress, live: liveTextsOf(description.raw), ...ending } };
}

async function endingOf(temporal: Temporal, drainId: string): Promise<Pick<DrainView, 'result' | 'stopped'>> {
  const ended = await resultOf<DrainResult>({ temporal, id: drainId, withinMs: 5_000 });
  return ended.kind === 'ended'
    ? { result: ended.result, stopped: null }
    : { result: null, stopped: ended.kind === 'stopped' ? ended.message : null };
}
