/**
 * A worker that is frozen (SIGSTOP) in the middle of a write for longer than every time-out. Another one ends the
 * deployment; the frozen one goes on after that, in the middle of its attempt, and writes nothing any more.
 */
import { expectLeftAlone, playFreeze, quickTakeover, type Freeze, type FrozenRun } from './frozen';
import { sideBySide } from './side-by-side';
import { openStage, type Stage } from './stage';

/** The tests of one file. In a place, `refused` means: its next step is to send the same write again. */
export function testFreezes(scenarios: readonly (Freeze & { phase: string })[]): void {
  let stage: Stage;
  let runOfService: (name: string) => Promise<FrozenRun>;

  beforeAll(async () => {
    stage = await openStage(
      scenarios.map(({ name }) => ({ name })),
      quickTakeover,
      'virtual',
    );
    runOfService = sideBySide(scenarios, (scenario) => playFreeze(stage, scenario));
  }, 120_000);

  afterAll(() => stage.stop(), 60_000);

  test.each(scenarios)(
    '$phase: frozen in a write and replaced, a worker writes nothing any more when it goes on',
    async (scenario) => expectLeftAlone(scenario, await runOfService(scenario.name)),
    150_000,
  );
}
