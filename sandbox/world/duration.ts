import { z } from 'zod';

const unitSeconds = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** A duration such as `500ms`, `30s`, `5m` or `1h`; becomes seconds. */
export const duration = z
  .string()
  .regex(pattern, 'expected a duration such as 500ms, 30s, 5m or 1h')
  .transform((text) => parseDurationSeconds(text) ?? 0);

/** Undefined for a text that is no duration. */
export function parseDurationSeconds(text: string): number | undefined {
  const [, amount, unit] = pattern.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
}
