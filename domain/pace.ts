/**
 * How long to wait before a workflow looks again. Each look costs events in a history that is bounded, and a wait may last
 * for days, so the pauses grow with the time already waited: a look comes at most 10 % later than it could.
 */
const share = 0.1;

export function pauseSeconds(input: { waitedMs: number; pollSeconds: number }): number {
  return Math.max(input.pollSeconds, (input.waitedMs / 1000) * share);
}

const setbackLimitSeconds = 600;

/**
 * How long to wait after something was undone that had been done: a poll the first time, and half as long again at each
 * further time, for whoever undoes it may be a machine that never tires.
 * @param input.setbacks from 1 on
 */
export function setbackPauseSeconds(input: { setbacks: number; pollSeconds: number }): number {
  const grown = input.pollSeconds * 1.5 ** Math.min(input.setbacks - 1, 50);
  return Math.min(Math.max(setbackLimitSeconds, input.pollSeconds), grown);
}
