/** What the load generator has seen; plain JSON, because it crosses a process border. */
export interface LoadCounts {
  /** Requests with an end: an answer, a broken connection or no answer in time. */
  requests: number;
  /** Answers with status 500 and above, broken connections and missing answers. */
  failedRequests: number;
  /** By the server's header `x-version`; `none` where no server answered. */
  byVersion: Record<string, { requests: number; failedRequests: number }>;
  /** Why and when they failed, oldest first; of many the newest hundred, so empty only while none has failed. */
  failures: FailureCount[];
}

/** Requests that failed in the same second for the same reason. */
export interface FailureCount {
  /** The second, as in `2026-11-21T18:12:03Z`. */
  at: string;
  /** Status and who answered it, or the error of the connection. */
  reason: string;
  count: number;
}

export type RequestEnd = { version: string; failure?: string };

const keptFailures = 100;

export function noCounts(): LoadCounts {
  return { requests: 0, failedRequests: 0, byVersion: {}, failures: [] };
}

export function count(counts: LoadCounts, { version, failure }: RequestEnd, nowMs = Date.now()): void {
  const ofVersion = (counts.byVersion[version] ??= { requests: 0, failedRequests: 0 });
  for (const one of [counts, ofVersion]) {
    one.requests += 1;
    if (failure !== undefined) one.failedRequests += 1;
  }
  if (failure === undefined) return;
  const at = `${new Date(nowMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
  const known = findFailure(counts, { at, reason: failure });
  if (known) known.count += 1;
  else counts.failures = [...counts.failures, { at, reason: failure, count: 1 }].slice(-keptFailures);
}

/** What came between two looks at the same generator. */
export function countsBetween(before: LoadCounts, after: LoadCounts): LoadCounts {
  const byVersion: LoadCounts['byVersion'] = {};
  for (const [version, { requests, failedRequests }] of Object.entries(after.byVersion)) {
    const earlier = before.byVersion[version] ?? { requests: 0, failedRequests: 0 };
    byVersion[version] = {
      requests: requests - earlier.requests,
      failedRequests: failedRequests - earlier.failedRequests,
    };
  }
  return {
    requests: after.requests - before.requests,
    failedRequests: after.failedRequests - before.failedRequests,
    byVersion,
    failures: after.failures
      .map((failure) => ({ ...failure, count: failure.count - (findFailure(before, failure)?.count ?? 0) }))
      .filter((failure) => failure.count > 0),
  };
}

function findFailure({ failures }: LoadCounts, wanted: Pick<FailureCount, 'at' | 'reason'>): FailureCount | undefined {
  return failures.find(({ at, reason }) => at === wanted.at && reason === wanted.reason);
}
