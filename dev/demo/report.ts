/** What the demo found out, and whether that is what it promises. */
import type { Outcome } from '../../domain/deployment';
import type { LoadCounts } from '../load/counts';
import { toLines } from '../table';

export interface DeploymentReport {
  service: string;
  /** The image. */
  revision: string;
  outcome: Outcome;
  /** Why it ended so, with the numbers that decided. */
  reason: string;
  seconds: number;
  /** As the load generator saw them while this deployment ran. */
  counts: LoadCounts;
  /**
   * From the publication of the first metric period in which the new version failed until all traffic was read back
   * on old; null when the new version never failed or the traffic never came back.
   */
  safeAfterSeconds: number | null;
}

export interface DemoReport {
  good: DeploymentReport;
  bad: DeploymentReport;
  /** Absent where the demo does not own the worker. */
  workerKilled?: boolean;
}

/** Each promise of the demo that was not kept, in one sentence; empty when all is well. */
export function brokenPromises({ good, bad, workerKilled }: DemoReport): string[] {
  const failuresOfOthers = bad.counts.failedRequests - (bad.counts.byVersion[versionOf(bad)]?.failedRequests ?? 0);
  const promises: [boolean, string][] = [
    [good.outcome === 'succeeded', `${good.revision} was to succeed and ended ${good.outcome}: ${good.reason}`],
    [good.counts.requests > 0, `no request was sent while ${good.revision} was deployed`],
    [
      good.counts.failedRequests === 0,
      `${good.counts.failedRequests} requests failed while ${good.revision} was deployed, the last one with: ${lastFailure(good.counts)}`,
    ],
    [bad.outcome === 'rolled-back', `${bad.revision} was to be rolled back and ended ${bad.outcome}: ${bad.reason}`],
    [bad.safeAfterSeconds !== null, `${bad.revision} was not convicted by failures that the balancer's metrics show`],
    [
      failuresOfOthers === 0,
      `${failuresOfOthers} requests failed that ${bad.revision} had not answered, the last one with: ${lastFailure(bad.counts)}`,
    ],
    [workerKilled ?? true, `the worker was not killed during the shift of ${bad.revision}`],
  ];
  return promises.filter(([kept]) => !kept).map(([, sentence]) => sentence);
}

function lastFailure({ failures }: LoadCounts): string {
  const last = failures.at(-1);
  return last === undefined ? 'nothing' : `${last.reason} at ${last.at}`;
}

/** The object that `--json` prints. */
export function toJson({ good, bad, workerKilled }: DemoReport): object {
  const deployments = [good, bad].map(({ service, revision, outcome, seconds, counts, safeAfterSeconds }) => ({
    service,
    revision,
    outcome,
    seconds,
    requests: counts.requests,
    failedRequests: counts.failedRequests,
    safeAfterSeconds,
  }));
  return { deployments, ...(workerKilled === undefined ? {} : { workerKilled }) };
}

export function toTable({ good, bad, workerKilled }: DemoReport): string {
  const rows = [
    ['revision', 'outcome', 'seconds', 'requests', 'failed', 'safe after'],
    ...[good, bad].map((one) => [
      one.revision,
      one.outcome,
      one.seconds.toFixed(1),
      String(one.counts.requests),
      String(one.counts.failedRequests),
      one.safeAfterSeconds === null ? '-' : `${one.safeAfterSeconds.toFixed(1)} s`,
    ]),
  ];
  return [
    ...toLines(rows),
    '',
    `${good.revision}: ${good.reason}`,
    `${bad.revision}: ${bad.reason}`,
    ...(workerKilled === true
      ? ['The worker was killed with SIGKILL during the second deployment and started again.']
      : []),
  ].join('\n');
}

/** What the sandbox's servers call themselves: `v2` for the image `ami-web-v2`. */
function versionOf({ revision, service }: DeploymentReport): string {
  return revision.replace(`ami-${service}-`, '');
}
