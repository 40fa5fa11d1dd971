import { request } from 'node:http';
import type { Target, TargetGroupSettings } from '../types';
import { failed, judged, timedOut, type CheckResult } from './check-result';

/** A faster sandbox must not make a busy machine's servers time out. */
const shortestTimeoutMs = 250;

/** One real request to the target's health path, on a connection of its own. Never rejects. */
export function checkHealth(
  target: Target,
  settings: TargetGroupSettings['healthCheck'],
  options: { speed: number; signal: AbortSignal },
): Promise<CheckResult> {
  const timeoutMs = Math.max(shortestTimeoutMs, (settings.timeoutSeconds * 1000) / options.speed);
  return new Promise((resolve) => {
    const check = request({
      host: target.address,
      port: target.port,
      path: settings.path,
      agent: false,
      signal: options.signal,
      headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
    });
    const settle = (result: CheckResult): void => {
      clearTimeout(timer);
      resolve(result);
      check.destroy();
    };
    const timer = setTimeout(() => settle(timedOut), timeoutMs);
    check.on('response', (response) => settle(judged(response.statusCode ?? 0, settings.matcher)));
    check.on('error', () => settle(failed));
    check.end();
  });
}
