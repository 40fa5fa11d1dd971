import { request } from 'node:http';
import type { Target, TargetGroupSettings } from '../types';
import { failed, judged, timedOut, type CheckResult } from './check-result';

/** A timer that fires later than this was held up by this process itself. */
const punctualMs = 50;

/**
 * One real request to the target's health path, on a connection of its own. Never rejects.
 *
 * Its timeout is real time, not divided by the speed: a server answers no faster in a faster sandbox, and on a busy
 * machine all servers of a group would be replaced at once for being slow. For the same reason a check whose time ran out
 * while this process stood still, perhaps with the answer already there, gets its time once more.
 */
export function checkHealth(
  target: Target,
  settings: TargetGroupSettings['healthCheck'],
  signal: AbortSignal,
): Promise<CheckResult> {
  const timeoutMs = settings.timeoutSeconds * 1000;
  return new Promise((resolve) => {
    const check = request({
      host: target.address,
      port: target.port,
      path: settings.path,
      agent: false,
      signal,
      headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
    });
    const settle = (result: CheckResult): void => {
      clearTimeout(timer);
      resolve(result);
      check.destroy();
    };
    const wait = (): NodeJS.Timeout => {
      const dueMs = performance.now() + timeoutMs;
      return setTimeout(() => {
        if (performance.now() - dueMs <= punctualMs) settle(timedOut);
        else timer = wait();
      }, timeoutMs);
    };
    let timer = wait();
    check.on('response', (response) => settle(judged(response.statusCode ?? 0, settings.matcher)));
    check.on('error', () => settle(failed));
    check.end();
  });
}
