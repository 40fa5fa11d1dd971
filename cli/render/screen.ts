/** The live view of one deployment: a pure function of what was read and the time. */
import type { DrainView } from '../../clients/temporal/read-drain';
import type { DeploymentProgress, JudgeReport, Phase } from '../../domain/deployment';
import { drainLines } from './drain';
import { type Line, line, piece } from './line';
import { clock, count, durationText, odds, rate } from './numbers';
import { phaseBar } from './phase-bar';
import { stillLines } from './still';
import { bullet, indented, resultLines } from './summary';

/** What was read of a deployment; the same shape for the screen, the plain lines and tests. */
export interface Seen {
  progress: DeploymentProgress;
  source: 'workflow' | 'record';
  live: string[];
  stopped: string | null;
  drain: DrainView | null;
}

const noticesShown = 5;

export function screenLines(input: { seen: Seen; nowMs: number; columns: number }): Line[] {
  const { seen, nowMs, columns } = input;
  const { progress } = seen;
  return [
    ...headLines(progress),
    line(''),
    phaseLine({ progress, nowMs }),
    line(''),
    ...splitLines({ progress, columns }),
    ...fleetLines(progress),
    ...judgeLines(progress.judge),
    ...stillLines({ progress, nowMs, columns }),
    ...progress.warnings.flatMap((warning) => bullet(`warning: ${warning}`, columns, 'warn')),
    ...sourceLines({ seen, columns }),
    ...noticeLines(seen),
    ...endLines({ seen, nowMs, columns }),
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

function phaseLine({ progress, nowMs }: { progress: DeploymentProgress; nowMs: number }): Line {
  const { phase, phaseSinceMs, result } = progress;
  if (result !== null && result.outcome !== 'succeeded') return line(piece('went back', 'dim'));
  if (phase === 'rolling-back') return line(piece(`rolling back for ${durationText(nowMs - phaseSinceMs)}`, 'warn'));
  const shown: Phase[] = phase === 'queued' ? ['queued', ...forward] : forward;
  return phaseBar({ phases: shown, at: result === null ? phase : null, sinceMs: phaseSinceMs, nowMs });
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

function endLines({ seen, nowMs, columns }: { seen: Seen; nowMs: number; columns: number }): Line[] {
  const { progress, stopped, drain } = seen;
  if (progress.result === null) return stopped === null ? [] : [line(''), ...indented(stopped, columns, 'bad')];
  return [
    line(''),
    ...resultLines({ result: progress.result, columns }),
    ...(drain === null ? [] : drainLines({ drain, nowMs, columns })),
  ];
}
