/** What a run waits for, and how long it may: a turn, a gate, a pause, holds. Each with who, why, and what ends it. */
import type { DeploymentProgress, Gate, Hold, Pause, Turn } from '../../domain/deployment';
import type { Line } from './line';
import { durationText } from './numbers';
import { indented } from './summary';

export function stillLines(input: { progress: DeploymentProgress; nowMs: number; columns: number }): Line[] {
  const { progress, nowMs, columns } = input;
  const { turn, gate, pause, holds, deploymentId } = progress;
  const sentences = [
    ...(turn === null ? [] : [turnSentence(turn, nowMs)]),
    ...(gate === null ? [] : [gateSentence({ gate, deploymentId, nowMs })]),
    ...(pause === null ? [] : [`${pauseWords(pause)} – goes back in ${left(pause, nowMs)} unless resumed`]),
    ...holds.map((hold) => holdSentence(hold, nowMs)),
  ];
  return sentences.flatMap((sentence) => indented(sentence, columns, 'warn'));
}

function turnSentence(turn: Turn, nowMs: number): string {
  // One service's own queue is no thing that anybody holds.
  const what = turn.thing.startsWith('service:') ? '' : `, which holds ${turn.thing}`;
  return `waits for ${turn.holder}${what} – gives up in ${left(turn, nowMs)}`;
}

function gateSentence(input: { gate: Gate; deploymentId: string; nowMs: number }): string {
  const { gate, deploymentId, nowMs } = input;
  return `gate at ${gate.atPercent} %: fleetshift promote ${deploymentId} – goes back in ${left(gate, nowMs)} unless promoted`;
}

function holdSentence(hold: Hold, nowMs: number): string {
  return `on hold (${hold.reason}): ${hold.detail} – ${left(hold, nowMs)} left`;
}

/** `paused by bob: lunch`. */
export function pauseWords({ by, reason }: Pause): string {
  return `paused${by === undefined ? '' : ` by ${by}`}${reason === undefined ? '' : `: ${reason}`}`;
}

export function left({ untilMs }: { untilMs: number }, nowMs: number): string {
  return durationText(untilMs - nowMs);
}
