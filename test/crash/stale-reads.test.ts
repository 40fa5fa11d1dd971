/** AWS may answer a read as things stood before the last change: of every writer, with every read and after every change. */
import { ApplicationFailure } from '@temporalio/common';
import { hopelessForward } from '../../workflows/calls';
import { Rehearsal } from './support/crashes';
import { scenarios } from './support/scenarios';

/** Failures that end the phase, or the way back, although the next attempt would succeed. */
function givenUp(failures: readonly unknown[]): unknown[] {
  return failures.filter(
    (error) =>
      !(error instanceof ApplicationFailure) || error.nonRetryable || hopelessForward.includes(error.type ?? ''),
  );
}

function readsSince(reads: readonly string[], mutations: readonly string[]) {
  return [...new Set(mutations)].flatMap((since) => reads.map((operation) => ({ operation, since })));
}

describe.each([...scenarios.forward, ...scenarios.back, ...scenarios.away])('$activity ($when)', (scenario) => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await Rehearsal.open(scenario);
  });
  afterAll(() => rehearsal.close());

  test('ends the same, and is not given up, whichever of its reads is stale', async () => {
    const { ending: expected, reads } = await rehearsal.undisturbed();
    let stale = 0;
    for (const { operation, since } of readsSince(reads, scenario.mutations)) {
      for (let skip = 0; ; skip++) {
        const { ending, isHit, failures } = await rehearsal.stale({ operation, since, skip });
        if (!isHit) break;
        stale += 1;
        const what = `${operation} #${skip + 1} as before ${since}`;
        expect([what, givenUp(failures)]).toEqual([what, []]);
        expect([what, ending.view, ending.everExisted]).toEqual([what, expected.view, expected.everExisted]);
      }
    }
    expect(stale).toBeGreaterThan(0);
  });
});
