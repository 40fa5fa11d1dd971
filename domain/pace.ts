/**
 * How long to wait before a workflow looks again. Each look costs events in a history that is bounded, and a wait may last
 * for days, so the pauses grow with the time already waited: a look comes at most 10 % later than it could.
 */
const share = 0.1;

export function pauseSeconds(input: { waitedMs: number; pollSeconds: number }): number {
  return Math.max(input.pollSeconds, (input.waitedMs / 1000) * share);
}
