/**
 * How many of `trials` succeed, drawn exactly: the gaps between successes are geometric, so that it costs as many draws
 * as there are successes (or failures, whichever are fewer).
 * @param random uniform in [0, 1)
 */
export function binomial(trials: number, probability: number, random: () => number): number {
  if (probability <= 0 || trials <= 0) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomial(trials, 1 - probability, random);
  const logOfFailure = Math.log1p(-probability);
  let successes = -1;
  for (let tried = 0; tried <= trials; successes += 1) {
    tried += Math.floor(Math.log1p(-random()) / logOfFailure) + 1;
  }
  return successes;
}

/** Deals `trials` out to the shares, each in proportion to its weight; weights of 0 get nothing. */
export function multinomial(trials: number, weights: readonly number[], random: () => number): number[] {
  let left = trials;
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => {
    const drawn = weight > 0 ? binomial(left, weight / weightLeft, random) : 0;
    left -= drawn;
    weightLeft -= weight;
    return drawn;
  });
}
