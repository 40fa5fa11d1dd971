/**
 * The way back under attack: old is shrunk, sick or gone when it should take everything again; AWS throttles; the worker
 * is killed in its writes; somebody aborts; new breaks just after its last weight. Old gets no more than it can carry at
 * any moment, and everything that is possible is done.
 */
import { deploy, resultOf, serviceFile, untilShare } from '../e2e/support/deployments';
import { playDeaths, type Deaths } from '../e2e/support/deaths';
import { expectWayBack, runOf, standing, type Run } from '../e2e/support/endings';
import { ledgerOf, newPercents } from '../e2e/support/ledger';
import { crashAll, deleteGroup, shrink } from '../e2e/support/outsider';
import { setTrap } from '../e2e/support/places';
import { sideBySide } from '../e2e/support/side-by-side';
import { openStage, type Stage } from '../e2e/support/stage';
import { images } from '../e2e/support/world';

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
let killed: (name: string) => Promise<Run>;

beforeAll(async () => {
  const names = ['rshrunk', 'rsick', 'rgone', 'rslow', 'rabort', 'rlast', ...deaths.map(({ name }) => name)];
  stage = await openStage(
    names.map((name) => ({ name })),
    {},
    'virtual',
  );
  killed = sideBySide(deaths, (one) => playDeaths(stage, one));
}, 120_000);

afterAll(() => stage.stop(), 60_000);

/** A deployment of a good version that stands at its last weight but one: old has 10 %. */
async function nearlyDone(name: string, limits = {}): Promise<string> {
  const id = await deploy(stage, serviceFile(name, { bake: '10m', limits }), images.good);
  await untilShare(stage, id, 90);
  return id;
}

const abort = (id: string) => stage.temporal.client.workflow.getHandle(id).signal('abort', { by: 'ada' });

test.concurrent(
  'old was shrunk meanwhile: it gets at once what it can carry, is grown again, and gets the rest',
  async () => {
    const id = await nearlyDone('rshrunk');
    await shrink(stage, 'rshrunk-v1', 1);
    await abort(id);
    const run = await runOf(stage, 'rshrunk', id);
    expectWayBack('rshrunk', run, 'aborted');
    expect(newPercents(await ledgerOf(stage, 'rshrunk'), 'rshrunk')).toEqual([0, 20, 90, 50, 0, 0]);
  },
  120_000,
);

test.concurrent(
  'no server of old is healthy: new keeps the traffic until old has servers again',
  async () => {
    const id = await nearlyDone('rsick');
    await crashAll(stage, 'rsick-v1');
    await abort(id);
    expectWayBack('rsick', await runOf(stage, 'rsick', id), 'aborted');
  },
  120_000,
);

test.concurrent(
  'old is gone: new keeps the traffic, and a person is told what to do',
  async () => {
    const id = await nearlyDone('rgone', { regrow: '4s' });
    await deleteGroup(stage, 'rgone-v1');
    await abort(id);
    const result = await resultOf(stage, id);
    expect(result).toMatchObject({ outcome: 'needs-attention' });
    expect(result.repairs[0]).toBe(
      `90 % of the traffic is still on ${result.newGroup}: rgone-v1 has too few healthy servers to carry more`,
    );
    const { view, breaches } = await standing(stage, 'rgone');
    expect(breaches).toEqual([]);
    expect(Object.values(view.routes[0] ?? {})).toEqual([10, 90]);
    expect(view.groups).toEqual([{ name: result.newGroup, min: 2, desired: 2, servers: 2 }]);
  },
  120_000,
);

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
  'an abort and a cancel on the way back change nothing: it was for its errors that it went back',
  async () => {
    const trap = await setTrap(stage, {
      operation: 'ModifyListener',
      inputContains: 'app/rabort/',
      nth: 2,
      at: 'before',
    });
    const id = await deploy(stage, serviceFile('rabort'), images.bad);
    const held = await trap.caught;
    await abort(id);
    await stage.temporal.client.workflow.getHandle(id).cancel();
    await held.release();
    const run = await runOf(stage, 'rabort', id);
    expectWayBack('rabort', run, 'rolled-back');
    expect(run.result.reason).toContain('fails more often');
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
    const { result, drain, view, breaches } = await killed(name);
    expectWayBack(name, { result, drain, view, breaches });
  },
  150_000,
);
