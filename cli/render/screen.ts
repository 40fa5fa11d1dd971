/** The live view of one deployment: a pure function of what was read and the time. */
import { type DeploymentProgress, type JudgeReport, type Phase, phases } from '../../domain/deployment';
import { formatSeconds } from '../../domain/units';
import { type Line, line, piece } from './line';
import { clock, count, odds, rate } from './numbers';
import { bullet, indented, resultLines } from './summary';

/** What was read of a deployment; the same shape for the screen, the plain lines and tests. */
export interface Seen {
  progress: DeploymentProgress;
  source: 'workflow' | 'record';
  live: string[];
  stopped: string | null;
}

const noticesShown = 5;

export function screenLines(input: { seen: Seen; nowMs: number; columns: number }): Line[] {
  const { seen, nowMs, columns } = input;
  const { progress } = seen;
  return [
    ...headLines(progress),
    line(''),
    ...phaseLines({ progress, nowMs }),
    line(''),
    ...splitLines({ progress, columns }),
    ...fleetLines(progress),
    ...judgeLines(progress.judge),
    ...stillLines({ progress, nowMs, columns }),
    ...progress.warnings.flatMap((warning) => bullet(`warning: ${warning}`, columns, 'warn')),
    ...sourceLines({ seen, columns }),
    ...noticeLines(seen),
    ...endLines({ seen, columns }),
  ];
}

function headLines(progress: DeploymentProgress): Line[] {
  const { service, environment, region, number, revision, requestedBy, reason } = progress;
  const why = reason === '' ? '' : `: ${reason}`;
  return [
    line(piece(`${service} #${number}`, 'strong'), `  ${environment}, ${region}  ${revision.imageId}`),
    line(piece(`asked for by ${requestedBy}${why}`, 'dim')),
    line(piece(progress.deploymentId, 'dim')),
  ];
}

const forward: Phase[] = ['plan', 'prepare', 'clone', 'ready', 'shift', 'bake', 'decided'];

function phaseLines({ progress, nowMs }: { progress: DeploymentProgress; nowMs: number }): Line[] {
  const wentBack =
    progress.phase === 'rolling-back' || (progress.result !== null && progress.result.outcome !== 'succeeded');
  if (wentBack) {
    const tone = progress.result === null ? 'warn' : 'dim';
    const words = progress.result === null ? `rolling back for ${since(progress, nowMs)}` : 'went back';
    return [line(piece(words, tone))];
  }
  const at = phases.indexOf(progress.phase);
  const pieces = forward.map((phase) => {
    const index = phases.indexOf(phase);
    if (index < at || progress.result !== null) return piece(`✓ ${phase}  `, 'good');
    return index === at ? piece(`▸ ${phase} ${since(progress, nowMs)}  `, 'strong') : piece(`· ${phase}  `, 'dim');
  });
  return [line(...pieces)];
}

function since({ phaseSinceMs }: DeploymentProgress, nowMs: number): string {
  return left(nowMs - phaseSinceMs);
}

function left(durationMs: number): string {
  return formatSeconds(Math.max(0, Math.round(durationMs / 1000)));
}

function splitLines({ progress, columns }: { progress: DeploymentProgress; columns: number }): Line[] {
  const { split, step } = progress;
  if (split === null) return [];
  const width = Math.max(10, Math.min(40, columns - 40));
  // A share above nothing shows, and a share below all leaves something of old.
  const rounded = Math.round((width * split.newPercent) / 100);
  const filled = Math.min(split.newPercent < 100 ? width - 1 : width, Math.max(split.newPercent > 0 ? 1 : 0, rounded));
  const steps = step === null ? '' : `  step ${step.index + 1} of ${step.count}: ${step.newPercent} %`;
  return [
    line(
      piece('split ', 'dim'),
      piece('█'.repeat(filled), 'good'),
      piece('░'.repeat(width - filled), 'dim'),
      ` new ${split.newPercent} %, old ${100 - split.newPercent} %`,
    ),
    ...(steps === '' ? [] : [line(piece(`      ${steps.trim()}`, 'dim'))]),
  ];
}

function fleetLines({ oldFleet, newFleet }: DeploymentProgress): Line[] {
  return [
    { name: 'old', fleet: oldFleet },
    { name: 'new', fleet: newFleet },
  ].flatMap(({ name, fleet }) => {
    if (fleet === null) return [];
    const { healthy, wanted, groupName } = fleet;
    if (healthy === null && wanted === 0) return [line(piece(`${name}   `, 'dim'), groupName)];
    const tone = healthy === null ? 'dim' : healthy >= wanted ? 'good' : 'warn';
    return [line(piece(`${name}   `, 'dim'), piece(`${healthy ?? '?'} of ${wanted} healthy`, tone), `  ${groupName}`)];
  });
}

function judgeLines(judge: JudgeReport | null): Line[] {
  if (judge === null) return [];
  const row = (name: string, requests: number, errors: number) =>
    line(
      piece(`${name}   `, 'dim'),
      `${count(requests)} requests, ${count(errors)} errors (${rate(errors, requests)})`,
    );
  return [
    row('old', judge.oldRequests, judge.oldErrors),
    row('new', judge.newRequests, judge.newErrors),
    line(
      piece('odds  ', 'dim'),
      piece(oddsSentence(judge), judge.logEvidence >= judge.neededLogEvidence ? 'bad' : 'plain'),
    ),
  ];
}

/** The evidence in a form that needs no statistics. */
export function oddsSentence({ logEvidence, neededLogEvidence, rows }: JudgeReport): string {
  if (rows === 0) return `no metric yet that says anything of new (${odds(neededLogEvidence)} rolls back)`;
  return `${odds(logEvidence)} that new is worse than allowed (${odds(neededLogEvidence)} rolls back)`;
}

function stillLines(input: { progress: DeploymentProgress; nowMs: number; columns: number }): Line[] {
  const { progress, nowMs, columns } = input;
  const { pause, hold } = progress;
  return [
    ...(pause === null ? [] : indented(pauseSentence({ pause, nowMs }), columns, 'warn')),
    ...(hold === null ? [] : indented(holdSentence({ hold, nowMs }), columns, 'warn')),
  ];
}

function pauseSentence(input: { pause: NonNullable<DeploymentProgress['pause']>; nowMs: number }): string {
  const { by, reason, untilMs } = input.pause;
  const who = by === undefined ? '' : ` by ${by}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `paused${who}${why} – goes back in ${left(untilMs - input.nowMs)} unless resumed`;
}

function holdSentence(input: { hold: NonNullable<DeploymentProgress['hold']>; nowMs: number }): string {
  const { reason, detail, untilMs } = input.hold;
  return `on hold (${reason}): ${detail} – ${left(untilMs - input.nowMs)} left`;
}

function sourceLines({ seen, columns }: { seen: Seen; columns: number }): Line[] {
  if (seen.source === 'workflow' || seen.stopped !== null || seen.progress.result !== null) return [];
  const text = 'no worker answers: this is what Temporal has kept; the deployment goes on when a worker is back';
  return indented(text, columns, 'warn');
}

function noticeLines({ progress, live }: Seen): Line[] {
  const last = progress.notices.slice(-noticesShown);
  if (last.length === 0 && live.length === 0) return [];
  return [
    line(''),
    ...last.map(({ atMs, text }) => line(piece(`${clock(atMs)}Z `, 'dim'), text)),
    ...(progress.result === null ? live.map((text) => line(piece('      now ', 'dim'), text)) : []),
  ];
}

function endLines({ seen, columns }: { seen: Seen; columns: number }): Line[] {
  const { progress, stopped } = seen;
  if (progress.result !== null) return [line(''), ...resultLines({ result: progress.result, columns })];
  return stopped === null ? [] : [line(''), ...indented(stopped, columns, 'bad')];
}
