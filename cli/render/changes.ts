/** The live view in a pipe: what has changed since the last look, one line each. */
import type { DeploymentProgress } from '../../domain/deployment';
import { type Line, line, piece } from './line';
import { clock } from './numbers';
import { oddsSentence, type Seen } from './screen';

/** Lines for a log; `before` is null at the first look. */
export function changeLines({ before, now }: { before: Seen | null; now: Seen }): Line[] {
  const was = before?.progress ?? null;
  const is = now.progress;
  return [
    ...(was === null ? [headLine(is)] : []),
    ...newNotices(was, is).map(({ atMs, text }) => line(piece(`${clock(atMs)}Z `, 'dim'), text)),
    ...changed(splitText(was), splitText(is)),
    ...changed(fleetText(was), fleetText(is)),
    ...changed(judgeText(was), judgeText(is)),
    ...is.warnings
      .filter((warning) => !(was?.warnings.includes(warning) ?? false))
      .map((text) => line(`warning: ${text}`)),
    ...changed(before === null ? 'workflow' : before.source, now.source, sourceText(now)),
  ];
}

function headLine({ service, number, environment, region, revision, deploymentId }: DeploymentProgress): Line {
  return line(`${service} #${number} ${environment} ${region} ${revision.imageId} ${deploymentId}`);
}

/** The list is bounded and only ever grows at its end, so what is new stands after the last one known. */
function newNotices(was: DeploymentProgress | null, is: DeploymentProgress) {
  const last = was?.notices.at(-1);
  if (last === undefined) return is.notices;
  const known = is.notices.map(({ atMs, text }) => atMs === last.atMs && text === last.text).lastIndexOf(true);
  return is.notices.slice(known + 1);
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
  return source === 'workflow'
    ? 'a worker answers again'
    : 'no worker answers; the deployment goes on when one is back';
}
