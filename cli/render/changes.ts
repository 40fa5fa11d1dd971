/** The live view in a pipe: what has changed since the last look, one line each. */
import type { DrainView } from '../../clients/temporal/read-drain';
import type { DeploymentProgress, Notice } from '../../domain/deployment';
import { type Line, line, piece } from './line';
import { clock } from './numbers';
import { oddsSentence, type Seen } from './screen';

/** Lines for a log; `before` is null at the first look. */
export function changeLines({ before, now }: { before: Seen | null; now: Seen }): Line[] {
  const was = before?.progress ?? null;
  const is = now.progress;
  return [
    ...(was === null ? [headLine(is)] : []),
    ...newNoticeLines(was?.notices ?? [], is.notices),
    ...changed(splitText(was), splitText(is)),
    ...changed(fleetText(was), fleetText(is)),
    ...changed(judgeText(was), judgeText(is)),
    ...is.warnings
      .filter((warning) => !(was?.warnings.includes(warning) ?? false))
      .map((text) => line(`warning: ${text}`)),
    ...changed(before === null ? 'workflow' : before.source, now.source, sourceText(now)),
  ];
}

/** The same of a drain. */
export function drainChangeLines({ before, now }: { before: DrainView | null; now: DrainView }): Line[] {
  const answers = (drain: DrainView | null) => drain === null || drain.progress !== null || drain.result !== null;
  return [
    ...(before === null ? [line(`${now.drainId} ${now.phase}`)] : []),
    ...newNoticeLines(before?.progress?.notices ?? [], now.progress?.notices ?? []),
    ...(answers(before) && !answers(now) && now.stopped === null ? [line(silence('drain'))] : []),
  ];
}

function headLine({ service, number, environment, region, revision, deploymentId }: DeploymentProgress): Line {
  return line(`${service} #${number} ${environment} ${region} ${revision.imageId} ${deploymentId}`);
}

/** The list is bounded and only ever grows at its end, so what is new stands after the last one known. */
function newNoticeLines(was: readonly Notice[], is: readonly Notice[]): Line[] {
  const last = was.at(-1);
  const known = is.map(({ atMs, text }) => atMs === last?.atMs && text === last.text).lastIndexOf(true);
  return is.slice(known + 1).map(({ atMs, text }) => line(piece(`${clock(atMs)}Z `, 'dim'), text));
}

function changed(was: string | null, is: string | null, text = is): Line[] {
  return is === null || is === was || text === null ? [] : [line(text)];
}

function splitText(progress: DeploymentProgress | null): string | null {
  const split = progress?.split;
  return split == null ? null : `split: new ${split.newPercent} %, old ${100 - split.newPercent} %`;
}

function fleetText(progress: DeploymentProgress | null): string | null {
  const parts = [
    { name: 'old', fleet: progress?.oldFleet },
    { name: 'new', fleet: progress?.newFleet },
  ].flatMap(({ name, fleet }) =>
    fleet == null || fleet.healthy === null ? [] : [`${name} ${fleet.healthy} of ${fleet.wanted}`],
  );
  return parts.length === 0 ? null : `healthy: ${parts.join(', ')}`;
}

/** Only the odds: the counts change with every period. */
function judgeText(progress: DeploymentProgress | null): string | null {
  return progress?.judge == null ? null : `odds: ${oddsSentence(progress.judge)}`;
}

function sourceText({ source, progress, stopped }: Seen): string | null {
  if (progress.result !== null || stopped !== null) return null;
  return source === 'workflow' ? 'a worker answers again' : silence('deployment');
}

function silence(what: 'deployment' | 'drain'): string {
  return `no worker answers; the ${what} goes on when one is back`;
}
