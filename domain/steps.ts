/** Arithmetic of the steps: which shares are written, as which weights, and how many servers a share needs. */

/** Old's requests in one period below which a comparison takes too long to find harm. */
const comparableRequestsPerPeriod = 60;
const holdbackBounds = { minPercent: 2, maxPercent: 50 };

/**
 * The shares of new that are really written: the steps asked for, none above 100 less the holdback, the last exactly
 * that. Rising, without duplicates. All in whole percent; a fractional holdback is rounded up, in old's favour.
 */
export function planSteps(input: { stepPercents: readonly number[]; holdbackPercent: number }): number[] {
  const lastPercent = 100 - Math.ceil(input.holdbackPercent);
  const below = input.stepPercents.filter((percent) => percent < lastPercent);
  return [...new Set([...below, lastPercent])];
}

/** The steps that are left for one that has this share already; its own is judged once more. */
export function stepsFrom(stepPercents: readonly number[], sharePercent: number): number[] {
  const left = stepPercents.filter((percent) => percent >= sharePercent);
  return left.length === 0 ? [sharePercent] : left;
}

/**
 * The shares at which somebody must promote: each gate stands after the first planned step that reaches it. One that no
 * planned step reaches stands at 100: after the bake, before new gets everything.
 */
export function plannedGates(input: { stepPercents: readonly number[]; gatePercents: readonly number[] }): number[] {
  const at = (gate: number) => input.stepPercents.find((percent) => percent >= gate) ?? 100;
  return [...new Set(input.gatePercents.map(at))];
}

/**
 * The share that gives old 60 requests a period at the live rate, so that the bake has something to compare with;
 * whole percent, rounded up, within 2 and 50. Without traffic old keeps the most.
 * @param input.oldRequestsPerPeriod what old gets now, carrying everything
 */
export function holdbackPercentFor(input: { oldRequestsPerPeriod: number }): number {
  const { minPercent, maxPercent } = holdbackBounds;
  if (!(input.oldRequestsPerPeriod > 0)) return maxPercent;
  const percent = Math.ceil((100 * comparableRequestsPerPeriod) / input.oldRequestsPerPeriod);
  return Math.min(maxPercent, Math.max(minPercent, percent));
}

/**
 * Weights of one route for a share of new: whole numbers that sum to 100. A share between two whole percents is
 * rounded, but never to nothing or to all: that would take a fleet out of the comparison unasked.
 */
export function splitWeights(newPercent: number): { oldWeight: number; newWeight: number } {
  if (!(newPercent >= 0 && newPercent <= 100))
    throw new Error(`cannot turn a share of ${newPercent} % into weights: expected 0 to 100`);
  const whole = Math.round(newPercent);
  const newWeight = newPercent > 0 && newPercent < 100 ? Math.min(99, Math.max(1, whole)) : whole;
  return { oldWeight: 100 - newWeight, newWeight };
}

/**
 * Healthy servers with which old would carry everything today: as many as did when it was planned, and more by the same
 * part by which the fleets have grown since.
 * @param input.planned its size then, and how many of them were healthy
 * @param input.sizesSince sizes that the demand has asked of either fleet since
 */
export function oldNeedsForAll(input: {
  planned: { desiredCapacity: number; healthyServers: number };
  sizesSince: readonly number[];
}): number {
  const { desiredCapacity, healthyServers } = input.planned;
  return Math.ceil((healthyServers * oldSizeNow(input)) / Math.max(1, desiredCapacity));
}

/**
 * The same for one pair of target groups, in which old may have fewer healthy servers than in another.
 * @param input.pair without a count of its own, which plans of earlier releases lack, the whole fleet's stands for it
 */
export function oldNeedsInPair(input: {
  old: { desiredCapacity: number; healthyServers: number };
  pair: { oldHealthy?: number };
  sizesSince: readonly number[];
}): number {
  const { old, pair, sizesSince } = input;
  return oldNeedsForAll({ planned: { ...old, healthyServers: pair.oldHealthy ?? old.healthyServers }, sizesSince });
}

/** The size that old must have to carry everything today; never less than it was planned with. */
export function oldSizeNow(input: { planned: { desiredCapacity: number }; sizesSince: readonly number[] }): number {
  return Math.max(input.planned.desiredCapacity, ...input.sizesSince);
}

/**
 * Healthy servers that old needs for the share that it still carries; none where it had none to begin with.
 * @param input.healthyForAll with these it would carry everything
 */
export function oldNeeds(input: { healthyForAll: number; newPercent: number }): number {
  const { healthyForAll, newPercent } = input;
  return healthyForAll === 0 ? 0 : neededHealthy({ wantedServers: healthyForAll, newPercent: 100 - newPercent });
}

/**
 * Healthy servers that a fleet needs before it is given this share: its part of the servers that carry everything,
 * rounded up, and at least one for any share above zero (a target group without healthy targets fails open).
 */
export function neededHealthy(input: { wantedServers: number; newPercent: number }): number {
  if (input.newPercent <= 0) return 0;
  return Math.max(1, Math.ceil((input.wantedServers * input.newPercent) / 100));
}
