/** Many disturbed deployments, a few at a time: each wave has a world of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openStage, type Stage } from '../../e2e/support/stage';

export interface Case {
  /** Name of the service. */
  name: string;
  /** What is done to it, for people. */
  what: string;
}

const atOnce = 6;
/** No case takes so long unless its deployment is stuck. */
const endsWithinMs = 240_000;

/**
 * Plays every case and answers what went wrong, one text per case that did not end as it should; what happened so far is
 * told on standard error.
 * @param settings laid over the environment of every worker
 */
export async function inWaves<One extends Case>(
  cases: readonly One[],
  settings: NodeJS.ProcessEnv,
  play: (stage: Stage, one: One) => Promise<void>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (let first = 0; first < cases.length; first += atOnce) {
    const wave = cases.slice(first, first + atOnce);
    const services = wave.map(({ name }) => ({ name }));
    const stage = await openStage(services, settings, 'virtual');
    const played = await Promise.allSettled(wave.map((one) => inTime(play(stage, one))));
    await stage.stop();
    played.forEach((one, index) => {
      if (one.status === 'rejected') wrong.push(`${wave[index]?.what}: ${String(one.reason)}`);
    });
    process.stderr.write(`${first + wave.length} of ${cases.length} played, ${wrong.length} wrong\n`);
  }
  return wrong;
}

async function inTime(playing: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = sleep(endsWithinMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`it did not end within ${endsWithinMs / 1000} s`);
  });
  try {
    await Promise.race([playing, late]);
  } finally {
    over.abort();
    await late.catch(() => undefined);
  }
}
