/** What is found of a deployment that was terminated, wherever that was, and what its drain still removes. */
import { closeStage, openStage, upTo, type Stage, type StageOptions } from '../crash/support/stage';

let stage: Stage;

afterEach(() => closeStage(stage));

async function halfDone() {
  return (await stage.worker.call('findHalfDone', { service: stage.service })).halfDone;
}

function planAgain(recovery: 'finish' | 'back') {
  const { service, plan } = stage;
  const { uuid, number, imageId } = plan;
  return stage.worker.call('planDeployment', {
    ...{ service, uuid, number, imageId, recovery },
    deadlineMs: Date.now() + 10_000,
  });
}

async function oneTargetGroup(): Promise<void> {
  await upTo.targetGroups(stage);
  const { targetGroups } = stage.cloud.cloud.state;
  for (const [arn, { name }] of targetGroups) if (name === stage.plan.names.targetGroups[1]) targetGroups.delete(arn);
}

/** The source is an earlier clone, and all of it is called as Fleetshift calls what it makes. */
async function openSecondGeneration(oldGroup?: StageOptions['oldGroup']): Promise<void> {
  stage = await openStage({ sourceIsOurs: true, ...(oldGroup ? { oldGroup } : {}) });
  const { targetGroups, templates } = stage.cloud.cloud.state;
  for (const group of targetGroups.values()) group.name = `web-0b0b0b0b1111-${group.name === 'web' ? 1 : 2}`;
  for (const template of templates.values()) template.name = 'web-v1';
}

/** Old leaves the routes, and is kept as it was. */
async function keepOld(): Promise<void> {
  const onOld = { ...stage.onPlan, fleet: 'old' as const };
  await stage.worker.call('leaveRoutes', onOld);
  await stage.worker.call('restoreMinSize', { ...onOld, frozenMinSizes: [2] });
}

const offered = { kind: 'offered' };

test.each<[string, () => Promise<void>]>([
  ['one of its target groups', oneTargetGroup],
  ['its target groups', () => upTo.targetGroups(stage)],
  ['target groups in the routes', () => upTo.references(stage)],
  ['an empty clone', () => upTo.clone(stage)],
  ['a whole clone', () => upTo.readyClone(stage)],
])('one that had %s may begin, on every route, or be undone', async (_what, reach) => {
  stage = await openStage();
  await reach();
  expect(await halfDone()).toMatchObject([{ shares: [0, 0, 0], ways: { finish: offered, back: offered } }]);
  const { pairs, routes } = stage.plan;
  const again = await planAgain('finish');
  expect(again).toMatchObject({
    kind: 'planned',
    plan: { pairs: pairs.map(({ oldArn, newName }) => ({ oldArn, newName })) },
  });
  if (again.kind !== 'planned') return;
  const sorted = (of: typeof routes) => of.map(({ arn, pair }) => `${arn} ${pair}`).sort();
  expect(sorted(again.plan.routes)).toEqual(sorted(routes));
  expect(await planAgain('back')).toMatchObject({ kind: 'planned' });
});

test('one whose old fleet is ours, and kept, is at its end', async () => {
  await openSecondGeneration('keep');
  await upTo.all(stage);
  expect(await halfDone()).toHaveLength(1);
  await keepOld();
  expect(await halfDone()).toEqual([]);
});

test('a fleet that is kept is not removed as a clone without traffic when others have all of it', async () => {
  stage = await openStage({ oldGroup: 'keep' });
  await upTo.all(stage);
  await keepOld();
  const { groups, rules } = stage.cloud.cloud.state;
  for (const rule of rules.values())
    rule.actions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }];
  expect(await halfDone()).toEqual([]);
  // Somebody gives old more servers: that looks like a freeze that was not undone.
  Object.assign(groups.get('web-v1')!, { minSize: 2 });
  expect(await halfDone()).toMatchObject([
    { shares: [], ways: { finish: { kind: 'refused' }, back: { kind: 'refused' } } },
  ]);
  expect(await planAgain('back')).toMatchObject({ kind: 'refused' });
});

test('a drain that was lost between the group and its target groups still removes the template', async () => {
  await openSecondGeneration();
  const { groups, templates } = stage.cloud.cloud.state;
  await upTo.emptied(stage, 'old');
  groups.delete('web-v1');
  const again = await planAgain('finish');
  if (again.kind !== 'planned') throw new Error(again.problems.join('\n'));
  const { service } = stage;
  expect(await stage.worker.call('retireFleet', { service, plan: again.plan, fleet: 'old' })).toEqual({
    ending: 'deleted',
  });
  expect([...templates.values()].map(({ name }) => name)).toEqual([stage.plan.names.template]);
  expect(await halfDone()).toEqual([]);
});
