/** The phases of a run in one line: done, at it for so long, to come. */
import { type Line, line, piece } from './line';
import { durationText } from './numbers';

export function phaseBar<Phase extends string>(input: {
  phases: readonly Phase[];
  /** Null when all are done. */
  at: Phase | null;
  /** Since when it is there. */
  sinceMs: number;
  nowMs: number;
}): Line {
  const { phases, at, sinceMs, nowMs } = input;
  const reached = at === null ? phases.length : phases.indexOf(at);
  const pieces = phases.map((phase, index) => {
    if (index < reached) return piece(`✓ ${phase}  `, 'good');
    return index === reached
      ? piece(`▸ ${phase} ${durationText(nowMs - sinceMs)}  `, 'strong')
      : piece(`· ${phase}  `, 'dim');
  });
  return line(...pieces);
}
