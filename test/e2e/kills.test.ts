/**
 * kill -9 of the worker in the middle of a write, in every phase and at every side of it: the deployment ends as if nothing
 * had happened. The scenarios run side by side, each with a worker of its own.
 */
import type { DeploymentResult, DrainResult } from '../../domain/deployment';
import { deploy, resultOf, serviceFile } from './support/deployments';
import { drained, endingOf, failedRequests, succeeded, wentBack, type Ending } from './support/endings';
import { setTrap, type Caught, type Place, type Trap } from './support/places';
import { openStage, type Stage } from './support/stage';
import { workerAtWork } from './support/workers';
import { images } from './support/world';

interface Scenario {
  phase: string;
  /** Name of the service. */
  name: string;
  places: [Place, ...Place[]];
  image?: string;
  /** A second worker is there from the beginning; otherwise the dead one is replaced. */
  standby?: boolean;
}

const listenerOf = (name: string) => `app/${name}/`;
const groupOf = (name: string) => `"AutoScalingGroupName":"${name}-1-`;

/** Writes to a listener: at 0 %, 20 %, 90 %, 100 %; or at 0 %, 20 %, back to 0 %. */
const scenarios: Scenario[] = [
  {
    phase: 'prepare',
    name: 'kprepare',
    places: [{ operation: 'CreateTargetGroup', inputContains: '"kprepare-', at: 'before' }],
  },
  {
    phase: 'clone',
    name: 'kclone',
    places: [{ operation: 'CreateAutoScalingGroup', inputContains: groupOf('kclone'), at: 'unanswered' }],
  },
  {
    phase: 'shift',
    name: 'kshift',
    places: [{ operation: 'ModifyListener', inputContains: listenerOf('kshift'), skip: 1, at: 'unreported' }],
  },
  {
    phase: 'shift, one of two workers',
    name: 'kstandby',
    standby: true,
    places: [{ operation: 'ModifyListener', inputContains: listenerOf('kstandby'), skip: 2, at: 'unanswered' }],
  },
  {
    phase: 'bake, at the last weight',
    name: 'kbake',
    places: [{ operation: 'ModifyListener', inputContains: listenerOf('kbake'), skip: 3, at: 'before' }],
  },
  {
    phase: 'rolling back, twice',
    name: 'kback',
    image: images.bad,
    places: [
      { operation: 'ModifyListener', inputContains: listenerOf('kback'), skip: 2, at: 'unanswered' },
      { operation: 'DeleteAutoScalingGroup', inputContains: groupOf('kback'), at: 'unreported' },
    ],
  },
  {
    phase: 'drain',
    name: 'kdrain',
    places: [
      {
        operation: 'UpdateAutoScalingGroup',
        inputContains: '"AutoScalingGroupName":"kdrain-v1"',
        skip: 1,
        at: 'unanswered',
      },
    ],
  },
];

interface Run {
  result: DeploymentResult;
  drain: DrainResult | null;
  ending: Ending;
  failed: number;
}

let stage: Stage;
const runs = new Map<string, Promise<Run>>();

beforeAll(async () => {
  stage = await openStage(
    scenarios.map(({ name }) => ({ name })),
    {},
    'virtual',
  );
  for (const scenario of scenarios) {
    const run = play(scenario);
    // Its own test tells what went wrong.
    run.catch(() => undefined);
    runs.set(scenario.name, run);
  }
}, 120_000);

afterAll(() => stage.stop(), 60_000);

async function play({ name, places, image = images.good, standby = false }: Scenario): Promise<Run> {
  const crew = await stage.apart();
  const failedBefore = await failedRequests(crew, name);
  const [first, ...later] = places;
  const held: Caught[] = [];
  const workers = [crew.worker, ...(standby ? [await crew.startWorker()] : [])];
  let trap: Trap | null = await setTrap(crew, first);
  const id = await deploy(crew, serviceFile(name), image);
  while (trap) {
    held.push(await trap.caught);
    const worker = standby ? await workerAtWork(crew, id, workers) : workers.at(-1);
    worker?.signal('SIGKILL');
    await worker?.ended;
    const next = later.shift();
    trap = next ? await setTrap(crew, next) : null;
    if (!standby) workers.push(await crew.startWorker());
  }
  const result = await resultOf(crew, id);
  const drain = result.drainId === null ? null : await drained(crew, result);
  const failed = (await failedRequests(crew, name)) - failedBefore;
  const ending = await endingOf(crew, name);
  for (const one of held) await one.release();
  return { result, drain, ending, failed };
}

test.each(scenarios)(
  '$phase: killed in a write, it ends as undisturbed',
  async ({ name, image }) => {
    const run = await runs.get(name);
    if (!run) throw new Error(`${name} was not played`);
    const { result, drain, ending, failed } = run;
    if (image === undefined) {
      expect({ result, drain }).toMatchObject({ result: { outcome: 'succeeded' }, drain: { repairs: [] } });
      expect(ending).toEqual(succeeded(name, result));
      expect(failed).toBe(0);
    } else {
      expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [] });
      expect(ending).toEqual(wentBack(name));
    }
  },
  150_000,
);
