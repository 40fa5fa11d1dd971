/** The list of deployments as a table that fits the terminal. */
import type { DeploymentSummary } from '../../clients/temporal/list-deployments';
import { formatSeconds } from '../../domain/units';
import { type Line, line, piece, type Piece } from './line';
import { outcomeTones } from './summary';

export function tableLines({ rows, nowMs }: { rows: DeploymentSummary[]; nowMs: number }): Line[] {
  if (rows.length === 0) return [line(piece('no deployments', 'dim'))];
  return rows.flatMap((row) => [
    line(
      stateOf(row),
      `  ${row.serviceKey} #${row.number ?? '?'}  ${row.revision ?? '?'}  `,
      piece(`${ageOf(row, nowMs)}${row.requestedBy === null ? '' : `, by ${row.requestedBy}`}`, 'dim'),
    ),
    // On a line of its own, so that it can be copied whole from a narrow terminal.
    line(piece(`                 ${row.deploymentId}`, 'dim')),
  ]);
}

function stateOf({ outcome, phase, endedAtMs }: DeploymentSummary): Piece {
  if (endedAtMs === null) return piece((phase ?? 'running').padEnd(15), 'strong');
  return outcome === null ? piece('stopped'.padEnd(15), 'bad') : piece(outcome.padEnd(15), outcomeTones[outcome]);
}

function ageOf({ startedAtMs }: DeploymentSummary, nowMs: number): string {
  return `${formatSeconds(Math.max(1, Math.round((nowMs - startedAtMs) / 1000)))} ago`;
}
