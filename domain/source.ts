/** Which of the candidate groups is live: a service's `source` names a lineage, of which one group carries traffic. */
import { formatSelector } from './selector';
import type { SourceSelector } from './service-file';

export interface Candidate {
  groupName: string;
  /** Highest weight that any route gives to one of its target groups; null when none refers to them. */
  weight: number | null;
}

export type SourceChoice = { kind: 'live'; groupName: string } | { kind: 'refused'; problem: string };

/** Not exactly one candidate with weight is a refusal that lists them: guessing could clone the wrong fleet. */
export function chooseSource(selector: SourceSelector, candidates: readonly Candidate[]): SourceChoice {
  const live = candidates.filter((candidate) => (candidate.weight ?? 0) > 0);
  if (live.length === 1 && live[0]) return { kind: 'live', groupName: live[0].groupName };
  const wanted = formatSelector(selector);
  if (candidates.length === 0) {
    return {
      kind: 'refused',
      problem: `source: no Auto Scaling group was found by ${wanted}; check the service file and the region`,
    };
  }
  const list = candidates.map(describe).join('; ');
  return {
    kind: 'refused',
    problem:
      live.length === 0
        ? `source: none of the groups found by ${wanted} gets traffic from a load balancer: ${list}`
        : `source: several groups found by ${wanted} get traffic, so it is not clear which one is live: ${list}`,
  };
}

function describe({ groupName, weight }: Candidate): string {
  return weight === null ? `${groupName} (in no route)` : `${groupName} (weight ${weight})`;
}
