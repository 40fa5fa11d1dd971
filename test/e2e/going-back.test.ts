/**
 * The way back under attack: AWS throttles it, the worker is killed in its writes, every server of new breaks just after
 * its last weight. Old has everything again, and nothing of new is left.
 */
import { deploy, serviceFile } from './support/deployments';
import { playDeaths, type Deaths } from './support/deaths';
import { expectWayBack, runOf, standing, type Run } from './support/endings';
import { crashAll } from './support/outsider';
import { setTrap } from './support/places';
import { openStage, type Stage } from './support/stage';
import { images } from './support/world';

const deaths: (Deaths & { phase: string })[] = [
  {
    phase: 'when new leaves the routes, and when its servers are let go',
    name: 'rleave',
    image: images.bad,
    places: [
      { operation: 'ModifyListener', nth: 3, at: 'before' },
      { operation: 'UpdateAutoScalingGroup', at: 'unanswered' },
    ],
  },
  {
    phase: 'when its target group and its template are removed',
    name: 'rremove',
    image: images.bad,
    places: [
      { operation: 'DeleteTargetGroup', at: 'before' },
      { operation: 'DeleteLaunchTemplate', at: 'unanswered' },
    ],
  },
  {
    phase: "when old's floor is undone",
    name: 'rfloor',
    image: images.bad,
    places: [{ operation: 'UpdateAutoScalingGroup', nth: 3, at: 'unanswered' }],
  },
];

let stage: Stage;
const killed = new Map<string, Promise<Run>>();

beforeAll(async () => {
  const names = ['rslow', 'rlast', ...deaths.map(({ name }) => name)];
  stage = await openStage(
    names.map((name) => ({ name })),
    {},
    'virtual',
  );
  for (const one of deaths) {
    const run = playDeaths(stage, one);
    // Its own test tells what went wrong.
    run.catch(() => undefined);
    killed.set(one.name, run);
  }
}, 120_000);

afterAll(() => stage.stop(), 60_000);

test.concurrent(
  'AWS throttles the way back for longer than one attempt lasts: it goes on until it is through',
  async () => {
    const call = { operation: 'ModifyListener', inputContains: 'app/rslow/' };
    const { id: fault } = await stage.sandbox.admin.addFault({ ...call, kind: 'throttle', skip: 2, times: 8 });
    const run = await runOf(stage, 'rslow', await deploy(stage, serviceFile('rslow'), images.bad));
    expectWayBack('rslow', run);
    expect((await stage.sandbox.admin.faults()).find(({ id }) => id === fault)).toMatchObject({ hits: 8 });
  },
  120_000,
);

test.concurrent(
  'every server of new breaks while its last weight is being written: old has everything again',
  async () => {
    const call = { operation: 'ModifyListener', inputContains: 'app/rlast/', nth: 2 };
    const trap = await setTrap(stage, { ...call, at: 'unanswered' });
    const id = await deploy(stage, serviceFile('rlast', { bake: '10m' }), images.good);
    const held = await trap.caught;
    const { view } = await standing(stage, 'rlast');
    const groupName = view.groups.find(({ name }) => name !== 'rlast-v1')?.name ?? '';
    await stage.sandbox.admin.failLaunches({ groupName, statusMessage: 'We currently have no capacity', times: 100 });
    await crashAll(stage, groupName);
    await held.release();
    expectWayBack('rlast', await runOf(stage, 'rlast', id));
  },
  120_000,
);

test.each(deaths)(
  'the worker is killed $phase: it ends as undisturbed',
  async ({ name }) => {
    const run = await killed.get(name);
    if (!run) throw new Error(`${name} was not played`);
    const { result, drain, view, breaches } = run;
    expectWayBack(name, { result, drain, view, breaches });
  },
  150_000,
);
