import { wasDone, type RunRecord } from '../record';

/**
 * Users lose nothing by a deployment: every request meets a healthy server, and with a good version, or one that never
 * gets traffic, none fails. Only what others did to the servers or the weights excuses a loss.
 */
export function downtime(record: RunRecord): string[] {
  const { scenario, traffic } = record;
  const { unanswered, failedByTargets, requests } = traffic;
  const isHarmless = scenario.version === 'good' || scenario.version === 'never-healthy';
  return [
    ...(unanswered > 0 && !tookEveryServer(record)
      ? [`${unanswered} of ${requests} requests met no healthy server`]
      : []),
    ...(failedByTargets > 0 && isHarmless && !killedServers(record)
      ? [`${failedByTargets} of ${requests} requests failed`]
      : []),
  ];
}

/** Weights that somebody else set may go to a fleet that is not ready. */
function tookEveryServer(record: RunRecord): boolean {
  const { disturbance } = record.scenario;
  const crashedAll = disturbance !== null && 'servers' in disturbance && disturbance.servers === 'all';
  return (
    wasDone(record, 'delete-old') ||
    wasDone(record, 'edit-weights') ||
    (crashedAll && wasDone(record, disturbance.kind))
  );
}

function killedServers(record: RunRecord): boolean {
  return (['delete-old', 'crash-old', 'crash-new'] as const).some((what) => wasDone(record, what));
}
