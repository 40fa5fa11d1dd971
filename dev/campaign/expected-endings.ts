/** Which endings a run may have, by what was asked for and what was really done to it. */
import type { DeploymentResult, Outcome } from '../../domain/deployment';
import { wasDone, type RunRecord } from './record';
import type { Scenario } from './scenario';

export type EndingFacts = Pick<RunRecord, 'scenario' | 'requests' | 'done'>;

/** Why this ending is wrong, in words; null when it is one of those that the scenario allows. */
export function endingProblem(record: EndingFacts & Pick<RunRecord, 'result' | 'stuck' | 'drain'>): string | null {
  const { result, stuck, drain } = record;
  if (result === null) return `none: ${stuck ?? 'nobody knows why'}`;
  const expected = expectedEndings(record);
  if (!expected.includes(result.outcome) && !isHeldForLostServers(record, result))
    return `${result.outcome} (${result.reason}), expected ${expected.join(' or ')}`;
  if (result.outcome !== 'succeeded') return null;
  if (drain === null) return oldHasWeightAgain(record) ? null : 'succeeded, but the drain of the old fleet did not end';
  const drainedAs = record.scenario.oldGroup === 'delete' ? 'deleted' : 'scaled-to-zero';
  return drain.ending === drainedAs || wasDone(record, 'delete-old')
    ? null
    : `succeeded, but the old fleet was ${drain.ending} (${drain.repairs.join('; ')}), expected ${drainedAs}`;
}

/**
 * What the balancer could not answer while old had no server counts for as long as the step lasts: nobody can tell whose
 * fault it was, so a person has to say, and nobody does so here.
 */
function isHeldForLostServers(facts: EndingFacts, { outcome, reason }: DeploymentResult): boolean {
  const isHeld = outcome === 'rolled-back' && /limits\.hold.*a 5xx of its own/.test(reason);
  return isHeld && wasDone(facts, 'crash-old');
}

/** By somebody else; then the drain waits for that to end. */
function oldHasWeightAgain(facts: EndingFacts): boolean {
  return wasDone(facts, 'edit-weights') && !wasDone(facts, 'put-back');
}

export function expectedEndings(facts: EndingFacts): Outcome[] {
  const { scenario } = facts;
  const allowed = new Set<Outcome>();
  const base = undisturbedEnding(scenario);
  if (wasAborted(facts)) {
    allowed.add('aborted');
    // Harm may be found at the very moment of the abort: then the traffic goes back for the better reason.
    if (base === 'rolled-back') allowed.add('rolled-back');
  } else {
    allowed.add(base);
  }
  for (const ending of endingsByDisturbance(facts)) allowed.add(ending);
  return [...allowed];
}

function undisturbedEnding({ version, hasTraffic, gate }: Scenario): Outcome {
  // Without traffic the step's minimum of requests never comes (shift.lowTraffic: hold), until the hold's limit.
  if (version !== 'good' || !hasTraffic || gate === 'left') return 'rolled-back';
  return 'succeeded';
}

/** Taken, not only asked for: too late, or while it goes back already, an abort changes nothing. */
function wasAborted({ requests }: EndingFacts): boolean {
  return requests.some(({ verb, ruling }) => verb === 'abort' && ruling === 'taken');
}

function endingsByDisturbance(facts: EndingFacts): Outcome[] {
  const kind = facts.scenario.disturbance?.kind;
  if (kind === undefined || !wasDone(facts, kind)) return [];
  switch (kind) {
    // Held until its limit. Nothing is written over it (an invariant of its own), so a success means that the edit came
    // when no write was left.
    case 'edit-weights':
      return wasDone(facts, 'put-back') ? [] : ['rolled-back'];
    // What is left of new may be too little for its share at a moment when that is looked at.
    case 'crash-new':
      return ['rolled-back'];
    // Before the plan there is no source to deploy; before the first step the deployment gives up; with traffic on new
    // it cannot go back, and a person has to decide; and when new has everything nobody misses the source.
    case 'delete-old':
      return ['refused', 'rolled-back', 'needs-attention'];
    // Before the plan nobody is there to tell which version runs. Afterwards the group replaces them.
    case 'crash-old':
      return ['refused'];
    // Nobody grows it again on the way forward: traffic is on a fleet that cannot carry it, and a person has to decide.
    case 'shrink-old':
      return ['needs-attention'];
  }
}
