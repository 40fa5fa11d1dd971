/** Numbers as people say them. */
import { formatSeconds } from '../../domain/units';

/** `90000` → `1m 30s`; nothing below zero. */
export function durationText(durationMs: number): string {
  return formatSeconds(Math.max(0, Math.round(durationMs / 1000)));
}

/** `12345` → `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Errors of requests, such as `1.23 %`; a dash when there were no requests. */
export function rate(errors: number, requests: number): string {
  if (requests === 0) return '–';
  const percent = (100 * errors) / requests;
  return `${percent.toFixed(percent !== 0 && percent < 0.1 ? 3 : 2)} %`;
}

/**
 * A natural-log likelihood ratio as odds: `40 to 1` for the claim, `1 to 8` against it.
 * Beyond a million the digits tell nothing more.
 */
export function odds(logEvidence: number): string {
  const million = Math.log(1e6);
  if (logEvidence > million) return 'over 1,000,000 to 1';
  if (logEvidence < -million) return 'under 1 to 1,000,000';
  return logEvidence >= 0 ? `${oddsNumber(Math.exp(logEvidence))} to 1` : `1 to ${oddsNumber(Math.exp(-logEvidence))}`;
}

function oddsNumber(value: number): string {
  return value < 9.95 ? String(Number(value.toFixed(1))) : count(Math.round(value));
}

/** Time of day in UTC, as in `14:03:22`; the same wherever the reader sits. */
export function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

/** A moment that may be days away, as in `2026-01-02 14:03Z`. */
export function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
