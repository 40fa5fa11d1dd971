/** Durations and shares as people write them in files, turned into numbers with their unit in the name. */
import { z } from 'zod';

const secondsPer = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;
const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const percentPattern = /^(\d+(?:\.\d+)?)%$/;

/** Reads one number with one unit, such as `90s` or `5m`. Answers seconds in whole milliseconds, or undefined when it is none. */
export function parseDurationSeconds(text: string): number | undefined {
  const match = durationPattern.exec(text.trim());
  if (!match) return undefined;
  return Math.round(Number(match[1]) * secondsPer[match[2] as keyof typeof secondsPer] * 1000) / 1000;
}

/** Reads `0.1%` as the fraction 0.001. */
export function parsePercentFraction(text: string): number | undefined {
  const match = percentPattern.exec(text.trim());
  return match ? Number(match[1]) / 100 : undefined;
}

/** A zod field that takes `5m` and gives seconds, within bounds given in seconds. */
export function durationSeconds(bounds: { min: number; max: number }) {
  return z.string({ error: expected('a duration such as 30s, 5m or 2h') }).transform((text, context) => {
    const seconds = parseDurationSeconds(text);
    if (seconds === undefined) {
      context.addIssue({ code: 'custom', message: `expected a duration such as 30s, 5m or 2h, found "${text}"` });
      return z.NEVER;
    }
    if (seconds < bounds.min || seconds > bounds.max) {
      context.addIssue({
        code: 'custom',
        message: `expected a duration from ${formatSeconds(bounds.min)} to ${formatSeconds(bounds.max)}, found "${text}"`,
      });
      return z.NEVER;
    }
    return seconds;
  });
}

/** A zod field that takes `0.1%` and gives the fraction 0.001. */
export function percentFraction(bounds: { minPercent: number; maxPercent: number }) {
  return z.string({ error: expected('a share such as 0.5%') }).transform((text, context) => {
    const fraction = parsePercentFraction(text);
    if (fraction === undefined || fraction < bounds.minPercent / 100 || fraction > bounds.maxPercent / 100) {
      context.addIssue({
        code: 'custom',
        message: `expected a share from ${bounds.minPercent}% to ${bounds.maxPercent}%, found "${text}"`,
      });
      return z.NEVER;
    }
    return fraction;
  });
}

/** A zod field that takes `5%` and gives the whole number 5. */
export function wholePercent(bounds: { minPercent: number; maxPercent: number }) {
  const words = `a whole share from ${bounds.minPercent}% to ${bounds.maxPercent}%`;
  return z.string({ error: expected(words) }).transform((text, context) => {
    const percent = Number(percentPattern.exec(text.trim())?.[1] ?? Number.NaN);
    if (Number.isInteger(percent) && percent >= bounds.minPercent && percent <= bounds.maxPercent) return percent;
    context.addIssue({ code: 'custom', message: `expected ${words}, found "${text}"` });
    return z.NEVER;
  });
}

/** `90` → `1m 30s`; for people, never parsed again. */
export function formatSeconds(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds <= 0) return '0s';
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const parts: string[] = [];
  let left = Math.round(seconds);
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count}${unit}`);
    left -= count * size;
  }
  return parts.slice(0, 2).join(' ');
}

function expected(what: string) {
  return (issue: { input?: unknown }) =>
    issue.input === undefined
      ? `is missing: expected ${what}`
      : `expected ${what}, found ${JSON.stringify(issue.input)}`;
}
