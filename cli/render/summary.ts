/** The ending of a deployment in a few lines: what became of it, why, what is left to do. */
import type { DeploymentResult, Outcome } from '../../domain/deployment';
import { formatSeconds } from '../../domain/units';
import { type Line, line, piece, type Tone, wrapped } from './line';

export const outcomeTones: Record<Outcome, Tone> = {
  succeeded: 'good',
  'rolled-back': 'bad',
  aborted: 'warn',
  refused: 'bad',
  'needs-attention': 'bad',
};

export function resultLines({ result, columns }: { result: DeploymentResult; columns: number }): Line[] {
  const took = formatSeconds(Math.round((result.endedAtMs - result.startedAtMs) / 1000));
  return [
    line(piece(result.outcome, outcomeTones[result.outcome]), piece(` after ${took}`, 'dim')),
    ...indented(result.reason, columns),
    ...(result.repairs.length === 0 ? [] : [line(piece('to be repaired by hand:', 'bad'))]),
    ...result.repairs.flatMap((repair) => bullet(repair, columns)),
    ...(result.drainId === null ? [] : oldFleetLines(result, columns)),
  ];
}

function oldFleetLines({ drainId, previousImageId }: DeploymentResult, columns: number): Line[] {
  const before = previousImageId === null ? '' : `; before, ${previousImageId} ran`;
  return indented(`the old fleet goes by ${drainId}${before}`, columns, 'dim');
}

export function indented(text: string, columns: number, tone: Tone = 'plain'): Line[] {
  return wrapped(text, columns - 2).map((part) => line('  ', piece(part, tone)));
}

export function bullet(text: string, columns: number, tone: Tone = 'plain'): Line[] {
  return wrapped(text, columns - 4).map((part, index) => line(index === 0 ? '  - ' : '    ', piece(part, tone)));
}
