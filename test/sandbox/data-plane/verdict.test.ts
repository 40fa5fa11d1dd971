import { statusMatcher } from '../../../sandbox/data-plane/targets/status-matcher';
import type { CheckResult } from '../../../sandbox/data-plane/targets/check-result';
import { firstChecks, nextVerdict } from '../../../sandbox/data-plane/targets/verdict';

const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };
const pass: CheckResult = { passed: true };
const timeout: CheckResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };

describe('what the checks of a target say', () => {
  it('the first success makes a new target healthy, even after a failure', () => {
    expect(statesAfter([pass])).toEqual(['healthy']);
    expect(statesAfter([timeout, pass])).toEqual(['initial', 'healthy']);
  });

  it('every other change takes its threshold in a row', () => {
    expect(statesAfter([timeout, timeout])).toEqual(['initial', 'unhealthy']);
    expect(statesAfter([pass, timeout, pass, timeout, timeout]).at(-2)).toBe('healthy');
    expect(statesAfter([pass, timeout, pass, timeout, timeout]).at(-1)).toBe('unhealthy');
    expect(statesAfter([timeout, timeout, pass, pass, timeout, pass, pass, pass]).slice(-2)).toEqual([
      'unhealthy',
      'healthy',
    ]);
  });

  it('an unhealthy target tells the reason of its last failure', () => {
    const mismatch: CheckResult = { passed: false, reason: 'Target.ResponseCodeMismatch', description: '[500]' };
    const seen = [timeout, timeout, mismatch].reduce(
      (verdict, one) => nextVerdict(verdict, one, thresholds),
      firstChecks,
    );
    expect(seen).toMatchObject({ state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' });
  });
});

describe('the matcher of a health check', () => {
  it('takes statuses, ranges and mixtures', () => {
    const matches = statusMatcher('200-204, 301');
    expect([200, 204, 301].every(matches)).toBe(true);
    expect([199, 205, 300, 302, 500].some(matches)).toBe(false);
  });

  it('refuses what it cannot read', () => {
    expect(() => statusMatcher('2xx')).toThrow('cannot read the health check matcher "2xx"');
  });
});

function statesAfter(results: CheckResult[]): string[] {
  let verdict = firstChecks;
  return results.map((result) => (verdict = nextVerdict(verdict, result, thresholds)).state);
}
