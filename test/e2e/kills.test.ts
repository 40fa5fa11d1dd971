/**
 * kill -9 of the worker in the middle of a write or a watch, in every phase and on every side of the call: the deployment
 * ends as if nothing had happened. The scenarios run side by side, each with a worker of its own.
 */
import { playDeaths, type Deaths } from './support/deaths';
import { expectUndisturbed, type Run } from './support/endings';
import { sideBySide } from './support/side-by-side';
import { openStage, type Stage } from './support/stage';
import { images } from './support/world';

/**
 * Writes of a good deployment to its listener: 0 %, 20 %, 90 %, 100 %, without old; of a bad one: 0 %, 20 %, back to 0 %,
 * without new. To the sizes of groups: new raised, old floored, new's floor undone, old emptied.
 */
const scenarios: (Deaths & { phase: string })[] = [
  {
    phase: 'prepare',
    name: 'kprepare',
    places: [{ operation: 'CreateTargetGroup', at: 'before' }],
  },
  {
    phase: 'clone',
    name: 'kclone',
    places: [{ operation: 'CreateAutoScalingGroup', at: 'unanswered' }],
  },
  {
    phase: 'ready, in a watch',
    name: 'kready',
    places: [{ operation: 'DescribeTargetHealth', nth: 3, at: 'before' }],
  },
  {
    phase: 'shift',
    name: 'kshift',
    places: [{ operation: 'ModifyListener', nth: 1, at: 'unreported' }],
  },
  {
    phase: 'shift, one of two workers',
    name: 'kstandby',
    standby: true,
    places: [{ operation: 'ModifyListener', nth: 2, at: 'unanswered' }],
  },
  {
    phase: 'bake, at the last weight, and at the decision',
    name: 'kbake',
    places: [
      { operation: 'ModifyListener', nth: 3, at: 'before' },
      { operation: 'UpdateAutoScalingGroup', at: 'unanswered' },
    ],
  },
  {
    phase: 'drain',
    name: 'kdrain',
    places: [{ operation: 'UpdateAutoScalingGroup', nth: 3, at: 'unanswered' }],
  },
  {
    phase: 'rolling back, twice',
    name: 'kback',
    image: images.bad,
    places: [
      { operation: 'ModifyListener', nth: 2, at: 'unanswered' },
      { operation: 'DeleteAutoScalingGroup', at: 'unreported' },
    ],
  },
];

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
