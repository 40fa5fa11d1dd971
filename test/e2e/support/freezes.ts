/**
 * A worker that is frozen (SIGSTOP) in the middle of a write for longer than every time-out. Another one ends the
 * deployment; the frozen one goes on after that, in the middle of its attempt, and writes nothing any more.
 */
import { playFreeze, type Freeze, type FrozenRun } from './frozen';
import { expectSuccess, expectWayBack, type Run } from './endings';
import { sideBySide } from './side-by-side';
import { openStage, type Stage } from './stage';
import { images } from './world';

/** The tests of one file. In a place, `refused` means: its next step is to send the same write again. */
export function testFreezes(scenarios: readonly (Freeze & { phase: string })[]): void {
  let stage: Stage;
  let runOfService: (name: string) => Promise<FrozenRun>;

  beforeAll(async () => {
    stage = await openStage(
      scenarios.map(({ name }) => ({ name })),
      { FLEETSHIFT_WRITER_TIMEOUT: '8s', FLEETSHIFT_HEARTBEAT_TIMEOUT: '1s' },
      'virtual',
    );
    runOfService = sideBySide(scenarios, (scenario) => playFreeze(stage, scenario));
  }, 120_000);

  afterAll(() => stage.stop(), 60_000);

  test.each(scenarios)(
    '$phase: frozen in a write and replaced, a worker writes nothing any more when it goes on',
    async ({ name, image, place, abort }) => {
      const run = await runOfService(name);
      expectEnding(name, run.before);
      if (place.at === 'refused') expect(run.log).toContain(`${place.operation} was not sent`);
      expect(run.late).toEqual([]);
      expectEnding(name, run.after);

      function expectEnding(service: string, seen: Run): void {
        if (abort) expectWayBack(service, seen, 'aborted');
        else if (image === images.bad) expectWayBack(service, seen);
        else expectSuccess(service, seen);
      }
    },
    150_000,
  );
}
