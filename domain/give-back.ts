/**
 * How much traffic goes back to the old fleet in one go. It gets at once what its healthy servers can carry; the rest
 * follows as they come back. New's share never rises, and old gets everything when new has nothing left to serve with.
 */
export function newPercentAfterGiveBack(input: {
  currentNewPercent: number;
  oldHealthy: number;
  /** Healthy servers with which old can carry everything today. */
  oldNeeded: number;
  newHealthy: number;
}): number {
  if (input.oldHealthy === 0) return input.currentNewPercent;
  if (input.newHealthy === 0) return 0;
  const needed = Math.max(1, input.oldNeeded);
  const carriedPercent = Math.floor((100 * Math.min(input.oldHealthy, needed)) / needed);
  return Math.min(input.currentNewPercent, 100 - carriedPercent);
}
