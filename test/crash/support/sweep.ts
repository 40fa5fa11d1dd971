/** Tests of one list of scenarios: every mutation × every crash ends as if nothing had happened. */
import { crashes, Rehearsal, type Ending, type Mutation } from './crashes';
import type { Scenario } from './scenarios';

const realNow = Date.now;

export function sweep(scenarios: readonly Scenario[]): void {
  describe.each(scenarios)('$activity ($when)', (scenario) => {
    let rehearsal: Rehearsal;
    let expected: Ending;
    let mutations: Mutation[];

    beforeAll(async () => {
      rehearsal = await Rehearsal.open(scenario);
      ({ ending: expected, mutations } = await rehearsal.undisturbed());
    });

    afterAll(() => rehearsal.close());

    test('undisturbed makes these mutations and breaks no rule', () => {
      expect(mutations.map((mutation) => mutation.operation)).toEqual(scenario.mutations);
      expect(expected.breaches).toEqual([]);
    });

    const cases = scenario.mutations.flatMap((operation, at) =>
      crashes.map((crash) => ({ crash, at, mutation: `${operation} #${at + 1}` })),
    );
    test.each(cases)('survives $crash of $mutation', async ({ crash, at }) => {
      const mutation = mutations[at];
      if (!mutation) throw new Error(`the undisturbed run made only ${mutations.length} mutations`);
      expect(await rehearsal.crash(crash, mutation)).toEqual(expected);
    });

    const places = scenario.mutations.map((operation, at) => ({ at, mutation: `${operation} #${at + 1}` }));
    test.each(places)('frozen before $mutation and replaced, a worker does not write it any more', async ({ at }) => {
      const mutation = mutations[at];
      if (!mutation) throw new Error(`the undisturbed run made only ${mutations.length} mutations`);
      let offsetMs = 0;
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + offsetMs);
      const { ending, frozen } = await rehearsal.freeze(mutation, (ms) => (offsetMs += ms));
      clock.mockRestore();
      expect(frozen).toMatchObject({
        type: 'stale-attempt',
        message: expect.stringContaining(mutation.operation) as string,
      });
      expect(ending).toEqual(expected);
    });
  });
}
