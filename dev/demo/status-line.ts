import type { DeploymentProgress, FleetView, JudgeReport } from '../../domain/deployment';
import type { LoadCounts } from '../load/counts';

/** One line on how a deployment and its users are doing. */
export function statusLine(progress: DeploymentProgress, counts: LoadCounts): string {
  const { revision, phase, split, oldFleet, newFleet, judge, hold } = progress;
  return [
    `${revision.imageId} ${phase}`,
    split === null ? undefined : `${split.newPercent} % on new`,
    oldFleet === null ? undefined : `old ${fleet(oldFleet)}`,
    newFleet === null ? undefined : `new ${fleet(newFleet)}`,
    judge === null ? undefined : evidence(judge),
    hold === null ? undefined : `held: ${hold.reason}`,
    `${counts.requests} requests, ${counts.failedRequests} failed`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function fleet({ healthy, wanted }: FleetView): string {
  return `${healthy ?? '?'}/${wanted}`;
}

function evidence({ newErrors, newRequests, logEvidence, neededLogEvidence }: JudgeReport): string {
  return `judge: ${newErrors} of ${newRequests} failed, evidence ${logEvidence.toFixed(1)} of ${neededLogEvidence.toFixed(1)}`;
}
