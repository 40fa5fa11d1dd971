/** Gates, holds and the limits of what waits for a person, on deployments that run side by side in a virtual world. */
import { randomUUID } from 'node:crypto';
import { deploy, resultOf, serviceFile, submit, untilProgress, untilShare } from './support/deployments';
import { ledgerOf } from './support/ledger';
import { openStage, type Stage } from './support/stage';
import { ask, expectReplay, expectUntouched, long, unjudged, untilPhase, walk } from './support/steer';
import { instancesOf, resizeGroup, viewOf } from './support/view';
import { images } from './support/world';

const names = ['gated', 'gateend', 'idle', 'sickold', 'badgate', 'badpause', 'badhold', 'pauseend', 'holdend', 'stuck'];
const virtualLoad = 60;

let stage: Stage;

beforeAll(async () => {
  const services = [
    ...names.map((name) => ({ name, virtualLoad: 0 })),
    { name: 'edited', size: 3, virtualLoad: 0 },
    { name: 'outage', image: images.bad, virtualLoad },
    { name: 'hotfix', image: images.bad, virtualLoad },
  ];
  stage = await openStage(services, {}, 'virtual');
}, 120_000);

afterAll(() => stage.stop(), 60_000);

test.concurrent(
  'a gate waits for promote after its step, a pause in it holds, and one at 100 stands after the bake',
  async () => {
    const file = serviceFile('gated', { shift: { ...unjudged.shift, gates: [15, 100] }, bake: '1s' });
    const id = await deploy(stage, file, images.good);
    const atFirst = await untilProgress(stage, id, 'the first gate', (progress) => progress.gate !== null);
    expect(atFirst).toMatchObject({ phase: 'shift', gate: { atPercent: 20 }, split: { newPercent: 20 } });
    await walk(stage, id, [
      ['pause', 'taken'],
      ['promote', 'refused'],
      ['resume', 'taken'],
      ['promote', 'taken'],
    ]);
    const atLast = await untilProgress(stage, id, 'the last gate', (progress) => progress.gate?.atPercent === 100);
    expect(atLast).toMatchObject({ phase: 'bake', split: { newPercent: 90 } });
    expect(await ask(stage, id, 'promote')).toMatchObject({ kind: 'taken', text: 'the gate is passed' });
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded', repairs: [] });
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent(
  'a gate that nobody passes expires also in a pause: rolled back, and it says who could have',
  async () => {
    const file = serviceFile('gateend', { shift: { ...unjudged.shift, gates: [20] }, limits: { gate: '4s' } });
    const id = await deploy(stage, file, images.good);
    await untilProgress(stage, id, 'the gate', (progress) => progress.gate !== null);
    expect((await ask(stage, id, 'pause')).kind).toBe('taken');
    const result = await resultOf(stage, id);
    expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [] });
    expect(result.reason).toMatch(/the gate at 20 % expired: nobody promoted within 4s .*fleetshift promote deploy:/);
    await expectUntouched(stage, 'gateend');
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent(
  'promote ends the hold of a step that had no requests, and each promote one hold only',
  async () => {
    const id = await deploy(stage, serviceFile('idle', { shift: { stepTime: '1s' }, bake: '1s' }), images.good);
    for (const newPercent of [20, 90]) {
      const held = await untilProgress(
        stage,
        id,
        `the hold at ${newPercent} %`,
        ({ hold, phase, split }) => hold !== null && phase === 'shift' && split?.newPercent === newPercent,
      );
      expect(held.holds).toMatchObject([{ reason: 'no-evidence' }]);
      expect((await ask(stage, id, 'promote', { by: 'ada' })).kind).toBe('taken');
    }
    await untilProgress(stage, id, 'the hold in the bake', ({ hold, phase }) => hold !== null && phase === 'bake');
    expect((await ask(stage, id, 'promote')).text).toContain('hold');
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded', judge: { newRequests: 0 }, repairs: [] });
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent.each([
  { name: 'badgate', where: 'a gate', change: { shift: { ...unjudged.shift, gates: [20] } } },
  { name: 'badpause', where: 'a pause', change: unjudged },
  { name: 'badhold', where: 'a hold', change: { shift: { stepTime: '1s' } } },
])(
  'harm that begins in $where is rolled back without being asked',
  async ({ name, change }) => {
    const id = await deploy(stage, serviceFile(name, change), images.bad);
    await untilShare(stage, id, 20);
    if (name === 'badpause') await ask(stage, id, 'pause');
    await untilProgress(stage, id, 'the stand', ({ gate, pause, hold }) => (gate ?? pause ?? hold) !== null);
    await stage.sandbox.admin.setVirtualLoad(name, virtualLoad);
    const result = await resultOf(stage, id);
    expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [] });
    expect(result.reason).toContain('fails more often than allowed');
    await expectUntouched(stage, name);
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent.each([
  {
    name: 'pauseend',
    image: images.neverHealthy,
    limits: { ready: '60s', pause: '2s' },
    reason: /paused by ada: lunch, and nobody resumed it within 2s/,
  },
  { name: 'holdend', image: images.good, limits: { hold: '2s' }, reason: /held for 2s .*got 0 of the 10 requests/ },
])(
  '$name: what runs out of time while it stands still is rolled back with the reason',
  async (one) => {
    const id = await deploy(stage, serviceFile(one.name, { shift: { stepTime: '1s' }, limits: one.limits }), one.image);
    if (one.name === 'pauseend') {
      await untilPhase(stage, id, 'ready');
      await ask(stage, id, 'pause', { by: 'ada', reason: 'lunch' });
    }
    const result = await resultOf(stage, id);
    expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [] });
    expect(result.reason).toMatch(one.reason);
    await expectUntouched(stage, one.name);
  },
  90_000,
);

test.concurrent(
  'an unhealthy old fleet is told, and is never given traffic by a limit: a person decides',
  async () => {
    const limits = { limits: { hold: '4s', pause: '1s' } };
    const id = await deploy(stage, serviceFile('sickold', { ...long, ...limits }), images.good);
    await untilShare(stage, id, 20);
    const before = await ledgerOf(stage, 'sickold');
    await stage.sandbox.admin.failLaunches({ groupName: 'sickold-v1', statusMessage: 'no capacity', times: 1000 });
    const [instanceId = ''] = await instancesOf(stage, 'sickold-v1');
    await stage.sandbox.admin.crashInstance(instanceId);
    const held = await untilProgress(stage, id, 'the hold', (progress) => progress.hold !== null);
    expect(held.hold).toMatchObject({
      reason: 'old-unhealthy',
      detail: expect.stringContaining('1 servers of sickold-v1 are healthy, 2 are needed') as string,
    });
    // The pause runs out long before the hold does, and does not act either.
    expect((await ask(stage, id, 'pause')).kind).toBe('taken');
    const result = await resultOf(stage, id);
    expect(result).toMatchObject({
      outcome: 'needs-attention',
      reason: expect.stringMatching(/held for 4s/) as string,
    });
    expect(result.repairs.join('\n')).toContain('20 % of the traffic is on');
    const after = await ledgerOf(stage, 'sickold');
    expect(after.slice(before.length).map(({ operation }) => operation)).not.toContain('ModifyListener');
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent(
  'an old fleet above the ceiling holds the shift; in a hotfix it does not, and the steps are short',
  async () => {
    const held = await deploy(stage, serviceFile('outage'), images.good);
    const hotfix = await submit(stage, serviceFile('hotfix', long), images.good, randomUUID(), { hotfix: true });
    if (hotfix.kind !== 'admitted') throw new Error(JSON.stringify(hotfix));
    const seen = await untilProgress(stage, held, 'the hold', (progress) => progress.hold !== null);
    expect(seen.hold).toMatchObject({ reason: 'shared-outage' });
    expect(seen.hold?.detail).toContain('the old version itself fails more than the ceiling of 5 %');
    expect((await ask(stage, held, 'abort')).kind).toBe('taken');
    const result = await resultOf(stage, hotfix.deploymentId);
    expect(result).toMatchObject({ outcome: 'succeeded', repairs: [] });
    expect(result.warnings[0]).toMatch(/hotfix: each step lasts 3s and the bake 3s/);
    expect(await resultOf(stage, held)).toMatchObject({ outcome: 'aborted', repairs: [] });
    await expectReplay(stage, hotfix.deploymentId);
  },
  120_000,
);

test.concurrent(
  'an abort between two steps is acted on while AWS refuses what is written there',
  async () => {
    const file = serviceFile('stuck', { shift: { ...unjudged.shift, gates: [20] } });
    const id = await deploy(stage, file, images.good);
    await untilProgress(stage, id, 'the gate', (progress) => progress.gate !== null);
    // The next step has to follow it, and cannot.
    await resizeGroup(stage, 'stuck-v1', { DesiredCapacity: 3 });
    const refusal = { operation: 'UpdateAutoScalingGroup', inputContains: 'stuck-', kind: 'error-500' } as const;
    const { id: faultId } = await stage.sandbox.admin.addFault({ ...refusal, times: 'always' });
    await walk(stage, id, [['promote', 'taken']]);
    await untilProgress(stage, id, 'the next step', (progress) => progress.step?.index === 1);
    await walk(stage, id, [['abort', 'taken']]);
    await untilPhase(stage, id, 'rolling-back');
    await stage.sandbox.admin.removeFaults(faultId);
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', repairs: [] });
    await expectUntouched(stage, 'stuck');
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent(
  'a minimum size that a person set after the plan is what old has again after the rollback',
  async () => {
    const id = await deploy(stage, serviceFile('edited', long), images.good);
    await untilPhase(stage, id, 'ready');
    await resizeGroup(stage, 'edited-v1', { MinSize: 2 });
    await untilShare(stage, id, 20);
    expect((await viewOf(stage, 'edited')).groups).toContainEqual(
      expect.objectContaining({ name: 'edited-v1', min: 3 }),
    );
    expect((await ask(stage, id, 'abort')).kind).toBe('taken');
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', repairs: [] });
    expect((await viewOf(stage, 'edited')).groups).toMatchObject([{ name: 'edited-v1', min: 2 }]);
  },
  90_000,
);
