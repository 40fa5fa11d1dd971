/** How an old fleet leaves: until when it is kept, what it still has to do, what became of it. */
import type { DrainView } from '../../clients/temporal/read-drain';
import { drainPhases, type DrainProgress } from '../../domain/deployment';
import { type Line, line, piece } from './line';
import { clock, minute } from './numbers';
import { phaseBar } from './phase-bar';
import { left, pauseWords } from './still';
import { bullet, indented } from './summary';

interface DrainLook {
  drain: DrainView;
  nowMs: number;
  columns: number;
}

const noticesShown = 5;

/** The whole screen of `status drain:…`. */
export function drainScreenLines(look: DrainLook): Line[] {
  const { drain } = look;
  const notices = (drain.progress?.notices ?? []).slice(-noticesShown);
  return [
    line(piece(`old fleet ${drain.progress?.groupName ?? drain.result?.groupName ?? ''}`.trimEnd(), 'strong')),
    line(piece(drain.drainId, 'dim')),
    line(''),
    ...drainLines(look),
    ...(notices.length === 0 ? [] : [line('')]),
    ...notices.map(({ atMs, text }) => line(piece(`${clock(atMs)}Z `, 'dim'), text)),
  ];
}

/** Where it stands; also below the end of its deployment. */
export function drainLines({ drain, nowMs, columns }: DrainLook): Line[] {
  if (hasEnded(drain)) return drainEndLines({ drain, columns });
  const { phase, progress, live } = drain;
  return [
    ...(progress === null
      ? indented(unanswered(phase), columns, 'warn')
      : [
          phaseBar({ phases: drainPhases, at: phase, sinceMs: progress.phaseSinceMs, nowMs }),
          ...progressLines({ progress, nowMs, columns }),
        ]),
    ...live.map((text) => line(piece('      now ', 'dim'), text)),
  ];
}

function hasEnded({ result, stopped }: DrainView): boolean {
  return result !== null || stopped !== null;
}

export function drainEndLines({ drain, columns }: { drain: DrainView; columns: number }): Line[] {
  const { result, stopped } = drain;
  if (result === null) return stopped === null ? [] : indented(stopped, columns, 'bad');
  const tone = result.ending === 'needs-attention' ? 'bad' : result.ending === 'rolled-back' ? 'warn' : 'good';
  return [
    line(piece(`old fleet: ${result.ending}`, tone), piece(`  ${result.groupName}`, 'dim')),
    ...indented(result.reason, columns),
    ...result.repairs.flatMap((repair) => bullet(repair, columns, 'bad')),
  ];
}

function progressLines(look: { progress: DrainProgress; nowMs: number; columns: number }): Line[] {
  const { progress, nowMs, columns } = look;
  const { pause, late, phase, risks } = progress;
  const atRisk = phase === 'keep' ? (risks?.risks ?? []) : [];
  return [
    ...indented(standing(progress, nowMs), columns),
    ...atRisk.flatMap(({ detail }) => indented(`at risk: ${detail}`, columns, 'warn')),
    ...(pause === null
      ? []
      : indented(`${pauseWords(pause)} – goes on by itself in ${left(pause, nowMs)}`, columns, 'warn')),
    ...(late ? indented('late: longer than drain.upTo; nothing is cut, its work is waited for', columns, 'warn') : []),
  ];
}

function standing({ phase, groupName, keepUntilMs, deploymentId, pause }: DrainProgress, nowMs: number): string {
  switch (phase) {
    case 'keep':
      return pause === null
        ? `${groupName} is kept for an instant way back until ${minute(keepUntilMs)} ` +
            `(${left({ untilMs: keepUntilMs }, nowMs)} left): fleetshift rollback ${deploymentId}`
        : `${groupName} is kept on for an instant way back: fleetshift rollback ${deploymentId}`;
    case 'drain':
      return `${groupName} is no longer kept: it leaves the routes, finishes its work, and only then goes`;
    case 'retire':
      return `${groupName} has finished its work; what is left of it is removed`;
    case 'finished':
      return `${groupName} is finished`;
  }
}

function unanswered(phase: DrainProgress['phase']): string {
  return `phase ${phase}; no worker answers: the drain goes on when a worker is back`;
}
