/**
 * The long form of the end-to-end kills and freezes: at every write that a good deployment makes, and at every one of a bad
 * deployment's way back, a worker is killed on each side of the call, or frozen until all is over.
 *
 * FLEETSHIFT_SWEEP_PART=2/8 plays the second of eight parts, each with every eighth case.
 */
import { playDeaths } from '../e2e/support/deaths';
import { expectUndisturbed } from '../e2e/support/endings';
import { expectLeftAlone, playFreeze, quickTakeover } from '../e2e/support/frozen';
import type { Place } from '../e2e/support/places';
import { openStage } from '../e2e/support/stage';
import { images } from '../e2e/support/world';
import { afterCommonBeginning, writesOf, type Write } from './support/rehearsal';
import { inWaves, type Case } from './support/waves';

interface Disturbed extends Case {
  image: string;
  place: Place;
}

const sweepMs = 60 * 60_000;
const begunMs = Date.now();
const { part, parts } = partFrom(process.env['FLEETSHIFT_SWEEP_PART'] ?? '1/1');
const told: string[] = [];
let writes: { image: string; write: Write }[] = [];

beforeAll(async () => {
  const stage = await openStage([{ name: 'good' }, { name: 'bad' }], {}, 'virtual');
  const [good, bad] = await Promise.all([writesOf(stage, 'good', images.good), writesOf(stage, 'bad', images.bad)]);
  await stage.stop();
  writes = [
    ...good.map((write) => ({ image: images.good, write })),
    ...afterCommonBeginning(bad, good).map((write) => ({ image: images.bad, write })),
  ];
  expect(good.map(({ what }) => what)).toContain('ModifyListener to 100 %');
  // The way back begins with the traffic.
  expect(afterCommonBeginning(bad, good)[0]?.what).toBe('ModifyListener to 0 %');
}, 180_000);

afterAll(() => {
  const minutes = Math.round((Date.now() - begunMs) / 60_000);
  process.stderr.write(`crash sweep: ${writes.length} writes; ${told.join('; ')}; ${minutes} min\n`);
});

function casesAt(ways: readonly Place['at'][], prefix: string): Disturbed[] {
  const all = writes.flatMap(({ image, write: { operation, nth, what, last } }) =>
    ways
      .filter((at) => !(last && at === 'unreported'))
      .map((at) => ({ image, what, place: { operation, nth, at } satisfies Place })),
  );
  return all
    .filter((_, index) => index % parts === part - 1)
    .map(({ image, what, place }, index) => {
      const version = image === images.bad ? 'bad' : 'good';
      const which = `${version} version, ${what} (#${place.nth + 1} of its name), ${place.at}`;
      return { image, place, name: `${prefix}${index}`, what: which };
    });
}

async function sweep(
  how: string,
  cases: readonly Disturbed[],
  settings: NodeJS.ProcessEnv,
  play: Parameters<typeof inWaves<Disturbed>>[2],
): Promise<void> {
  const wrong = await inWaves(cases, settings, play);
  told.push(`${how} at ${cases.length}, ${wrong.length} wrong`);
  expect(wrong).toEqual([]);
}

test(
  'killed at every write, on every side of it, a worker leaves a deployment that ends as undisturbed',
  () =>
    sweep('killed', casesAt(['before', 'unanswered', 'unreported'], 'killed'), {}, async (stage, one) =>
      expectUndisturbed(one, await playDeaths(stage, { ...one, places: [one.place] })),
    ),
  sweepMs,
);

test(
  'frozen at every write and woken when all is over, a worker writes nothing any more',
  () =>
    sweep('frozen', casesAt(['refused'], 'frozen'), quickTakeover, async (stage, one) =>
      expectLeftAlone(one, await playFreeze(stage, one)),
    ),
  sweepMs,
);

/** @throws Error for anything but `k/n` with 1 ≤ k ≤ n */
function partFrom(text: string): { part: number; parts: number } {
  const [, part = 0, parts = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (part >= 1 && part <= parts) return { part, parts };
  throw new Error(`FLEETSHIFT_SWEEP_PART is for example 2/8, not ${text}`);
}
