/** Deployments of one test file that run at the same time, for they mostly wait. */

/** Begins all of them; the answer gives the run of one by its name. What goes wrong in one is told to who asks for it. */
export function sideBySide<One extends { name: string }, Played>(
  all: readonly One[],
  play: (one: One) => Promise<Played>,
): (name: string) => Promise<Played> {
  const runs = new Map(all.map((one) => [one.name, play(one)]));
  for (const run of runs.values()) run.catch(() => undefined);
  return async (name) => {
    const run = runs.get(name);
    if (!run) throw new Error(`${name} was not played`);
    return run;
  };
}
