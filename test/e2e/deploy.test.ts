/** Whole deployments of real servers under load, side by side. */
import { deploy, resultOf, serviceFile } from './support/deployments';
import { breachesOf, countOf, ledgerOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { viewOf } from './support/view';
import { images } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage([
    { name: 'shop', rulePaths: ['/api/*'] },
    { name: 'sour' },
    { name: 'sick' },
    { name: 'torn' },
  ]);
}, 120_000);

afterAll(() => stage.stop(), 60_000);

async function untilDrained(drainId: string | null): Promise<void> {
  const handle = stage.temporal.client.workflow.getHandle(drainId ?? '');
  await expect(handle.result()).resolves.toMatchObject({ repairs: [] });
}

test.concurrent(
  'a good version takes over under load with no failed request, twice in a row, and leaves nothing behind',
  async () => {
    const load = await stage.startLoad('shop');
    const first = await resultOf(stage, await deploy(stage, serviceFile('shop'), images.good));
    expect(first).toMatchObject({ outcome: 'succeeded', number: 1, repairs: [], oldGroup: 'shop-v1' });
    await untilDrained(first.drainId);
    // The second one clones the clone, which it finds by its tags, and then removes it.
    const second = await resultOf(stage, await deploy(stage, serviceFile('shop'), images.v1));
    expect(second).toMatchObject({ outcome: 'succeeded', number: 2, oldGroup: first.newGroup });
    await untilDrained(second.drainId);
    const counts = await load.stop();
    expect(counts).toMatchObject({ failures: [] });
    expect(Object.keys(counts.byVersion).sort()).toEqual(['good', 'v1']);

    const view = await viewOf(stage, 'shop');
    const [newTargetGroup = ''] = Object.keys(view.routes[0] ?? {});
    expect(view.routes).toEqual([{ [newTargetGroup]: 100 }, { [newTargetGroup]: 100 }]);
    expect(view.groups).toEqual([
      // A person made this one: it is scaled in and stays.
      { name: 'shop-v1', min: 0, desired: 0, servers: 0 },
      { name: second.newGroup, min: 1, desired: 2, servers: 2 },
    ]);
    expect(view.targetGroups).toEqual(['shop', newTargetGroup]);
    expect(view.templates).toEqual(['shop', second.newGroup]);
    const ledger = await ledgerOf(stage, 'shop');
    expect(await breachesOf(stage, 'shop')).toEqual([]);
    expect(countOf(ledger, 'CreateAutoScalingGroup')).toBe(2);
  },
  150_000,
);

test.concurrent(
  'a worse version is rolled back by its numbers: old has everything again, and what was made is gone',
  async () => {
    const load = await stage.startLoad('sour');
    const before = await viewOf(stage, 'sour');
    const result = await resultOf(stage, await deploy(stage, serviceFile('sour'), images.bad));
    await load.stop();
    expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [] });
    expect(result.judge?.newErrors).toBeGreaterThan(0);
    expect(result.judge?.logEvidence).toBeGreaterThanOrEqual(result.judge?.neededLogEvidence ?? Infinity);
    expect(result.trafficRestoredAtMs).not.toBeNull();
    const after = await viewOf(stage, 'sour');
    expect({ ...after, routes: [] }).toEqual({ ...before, routes: [] });
    expect(after.routes).toEqual([{ sour: 100 }]);
    expect(await breachesOf(stage, 'sour')).toEqual([]);
  },
  90_000,
);

test.concurrent(
  'a version that breaks its connections has no error of its own, and is rolled back all the same',
  async () => {
    const load = await stage.startLoad('torn');
    const result = await resultOf(stage, await deploy(stage, serviceFile('torn'), images.broken));
    await load.stop();
    expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [], judge: { newErrors: 0 } });
    expect(result.reason).toContain('leaves requests unanswered');
    expect((await viewOf(stage, 'torn')).routes).toEqual([{ torn: 100 }]);
  },
  90_000,
);

test.concurrent(
  'a version that never becomes healthy gets no request, and is removed when its time is up',
  async () => {
    const load = await stage.startLoad('sick');
    const result = await resultOf(
      stage,
      await deploy(stage, serviceFile('sick', { limits: { ready: '8s' } }), images.neverHealthy),
    );
    const counts = await load.stop();
    expect(result).toMatchObject({ outcome: 'rolled-back', trafficRestoredAtMs: null, repairs: [] });
    expect(result.reason).toContain('did not become ready');
    expect(Object.keys(counts.byVersion)).toEqual(['v1']);
    expect(counts.failures).toEqual([]);
    const view = await viewOf(stage, 'sick');
    expect(view).toMatchObject({ routes: [{ sick: 100 }], groups: [{ name: 'sick-v1', min: 1, desired: 2 }] });
    expect([view.targetGroups, view.templates]).toEqual([['sick'], ['sick']]);
  },
  90_000,
);
