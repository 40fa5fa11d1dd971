import { statusMatcher } from './status-matcher';

/** What one health check saw; the reasons are AWS's. */
export type CheckResult =
  | { passed: true }
  | {
      passed: false;
      reason: 'Target.FailedHealthChecks' | 'Target.ResponseCodeMismatch' | 'Target.Timeout';
      description: string;
    };

export const timedOut: CheckResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };

export const failed: CheckResult = {
  passed: false,
  reason: 'Target.FailedHealthChecks',
  description: 'Health checks failed',
};

export function judged(status: number, matcher: string): CheckResult {
  if (statusMatcher(matcher)(status)) return { passed: true };
  const description = `Health checks failed with these codes: [${status}]`;
  return { passed: false, reason: 'Target.ResponseCodeMismatch', description };
}
