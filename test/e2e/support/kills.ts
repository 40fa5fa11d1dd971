/**
 * kill -9 of the worker in the middle of a write or a watch: the deployment ends as if nothing had happened. The scenarios
 * run side by side, each with a worker of its own.
 */
import { playDeaths, type Deaths } from './deaths';
import { expectUndisturbed, type Run } from './endings';
import { sideBySide } from './side-by-side';
import { openStage, type Stage } from './stage';

/** The tests of one file. */
export function testKills(scenarios: readonly (Deaths & { phase: string })[]): void {
  let stage: Stage;
  let runOfService: (name: string) => Promise<Run & { failed: number }>;

  beforeAll(async () => {
    stage = await openStage(
      scenarios.map(({ name }) => ({ name })),
      {},
      'virtual',
    );
    runOfService = sideBySide(scenarios, (scenario) => playDeaths(stage, scenario));
  }, 120_000);

  afterAll(() => stage.stop(), 60_000);

  test.each(scenarios)(
    '$phase: killed in a write, it ends as undisturbed',
    async (scenario) => expectUndisturbed(scenario, await runOfService(scenario.name)),
    150_000,
  );
}
