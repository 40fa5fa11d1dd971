/** What the load generator has seen; plain JSON, because it crosses a process border. */
export interface LoadCounts {
  /** Requests with an end: an answer, a broken connection or no answer in time. */
  requests: number;
  /** Answers with status 500 and above, broken connections and missing answers. */
  failedRequests: number;
  /** By the server's header `x-version`; `none` where no server answered. */
  byVersion: Record<string, { requests: number; failedRequests: number }>;
  /** The newest failure, for people. */
  lastFailure?: string;
}

export type RequestEnd = { version: string; failure?: string };

export function noCounts(): LoadCounts {
  return { requests: 0, failedRequests: 0, byVersion: {} };
}

export function count(counts: LoadCounts, { version, failure }: RequestEnd): void {
  const ofVersion = (counts.byVersion[version] ??= { requests: 0, failedRequests: 0 });
  for (const one of [counts, ofVersion]) {
    one.requests += 1;
    if (failure !== undefined) one.failedRequests += 1;
  }
  if (failure !== undefined) counts.lastFailure = failure;
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
  const failedRequests = after.failedRequests - before.failedRequests;
  return {
    requests: after.requests - before.requests,
    failedRequests,
    byVersion,
    ...(failedRequests > 0 && after.lastFailure !== undefined ? { lastFailure: after.lastFailure } : {}),
  };
}
