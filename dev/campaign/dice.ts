import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Reproducible chance: equal seeds throw the same on every machine. From pure-rand, the generator below fast-check, which
 * the property tests use: well kept, and without bias in its integers, which home-made generators tend to have.
 */
export class Dice {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return uniformInt(this.generator, min, max);
  }

  /** True in so many of 100 throws. */
  chance(percent: number): boolean {
    return this.whole(1, 100) <= percent;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  }
}

/** The seed of one run: its own, so that one run of a campaign can be repeated alone. */
export function seedOfRun(campaignSeed: number, index: number): number {
  return createHash('sha256').update(`${campaignSeed}:${index}`).digest().readInt32BE(0);
}
