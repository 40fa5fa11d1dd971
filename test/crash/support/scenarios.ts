/** For every writer: a state in which it has something to do, and the mutations that it then makes, in order. */
import type { ActivityName, InputOf } from './test-worker';
import { newImage, resize, splitInput, upTo, type Stage, type StageOptions } from './stage';

export interface Scenario<Name extends ActivityName = ActivityName> {
  activity: Name;
  /** What there is to do, in words. */
  when: string;
  stage?: StageOptions;
  /** Brings a fresh stage to the state before. */
  arrange(stage: Stage): Promise<InputOf<Name>>;
  mutations: string[];
}

const eachRoute = ['ModifyRule', 'ModifyListener', 'ModifyListener'];
const eachTargetGroup = ['CreateTargetGroup', 'ModifyTargetGroupAttributes'];

function scenario<Name extends ActivityName>(
  activity: Name,
  when: string,
  mutations: string[],
  arrange: (stage: Stage) => Promise<InputOf<Name>>,
  stage: StageOptions = {},
): Scenario {
  return { activity, when, mutations, stage, arrange };
}

const forward: Scenario[] = [
  scenario('ensureTargetGroups', 'nothing exists', [...eachTargetGroup, ...eachTargetGroup], async (stage) => {
    return stage.onPlan;
  }),
  scenario('writeSplit', 'new is in no route', eachRoute, async (stage) => {
    await upTo.targetGroups(stage);
    return splitInput(stage, 0);
  }),
  scenario('ensureTemplate', 'there is no template', ['CreateLaunchTemplate'], async (stage) => {
    return { ...stage.onPlan, imageId: newImage };
  }),
  scenario('ensureClone', 'there is no clone', ['CreateAutoScalingGroup'], async (stage) => {
    await upTo.references(stage);
    const template = await stage.worker.call('ensureTemplate', { ...stage.onPlan, imageId: newImage });
    return { ...stage.onPlan, template };
  }),
  scenario('sizeClone', 'the clone is empty', ['UpdateAutoScalingGroup'], async (stage) => {
    await upTo.clone(stage);
    return stage.onPlan;
  }),
  scenario('sizeClone', 'old has grown', ['UpdateAutoScalingGroup'], async (stage) => {
    await upTo.readyClone(stage);
    await resize(stage, stage.plan.old.groupName, { desiredCapacity: 4 });
    return stage.onPlan;
  }),
  scenario('freezeOld', 'old may shrink', ['UpdateAutoScalingGroup'], async (stage) => {
    await upTo.readyClone(stage);
    return { ...stage.onPlan, minSize: 2 };
  }),
  scenario('writeSplit', 'new gets its first half', eachRoute, async (stage) => {
    await upTo.readyClone(stage);
    await stage.worker.call('freezeOld', { ...stage.onPlan, minSize: 2 });
    return splitInput(stage, 50);
  }),
];

const back: Scenario[] = [
  scenario('giveBack', 'old is healthy', eachRoute, async (stage) => {
    await upTo.half(stage);
    return { ...stage.onPlan, ourPercents: [0, 50], sizesSince: [2] };
  }),
  scenario('giveBack', 'old can carry half', eachRoute, async (stage) => {
    await upTo.all(stage);
    await resize(stage, stage.plan.old.groupName, { minSize: 1, desiredCapacity: 1 });
    return { ...stage.onPlan, ourPercents: [0, 50, 100], sizesSince: [2], carriedPercent: 100 };
  }),
  scenario('regrowOld', 'old was shrunk', ['UpdateAutoScalingGroup'], async (stage) => {
    await upTo.half(stage);
    await resize(stage, stage.plan.old.groupName, { minSize: 1, desiredCapacity: 1 });
    return { ...stage.onPlan, size: 2 };
  }),
  scenario('restoreMinSize', 'old is frozen', ['UpdateAutoScalingGroup'], async (stage) => {
    await upTo.givenBack(stage);
    return { ...stage.onPlan, fleet: 'old', frozenMinSizes: [2] };
  }),
  scenario('restoreMinSize', 'new is frozen', ['UpdateAutoScalingGroup'], async (stage) => {
    await upTo.all(stage);
    return { ...stage.onPlan, fleet: 'new', frozenMinSizes: [2] };
  }),
];

const away: Scenario[] = [
  scenario('leaveRoutes', 'new has no weight', eachRoute, async (stage) => {
    await upTo.givenBack(stage);
    return { ...stage.onPlan, fleet: 'new' };
  }),
  scenario('leaveRoutes', 'old has no weight', eachRoute, async (stage) => {
    await upTo.all(stage);
    return { ...stage.onPlan, fleet: 'old' };
  }),
  ...(['old', 'new'] as const).map((fleet) =>
    scenario('scaleToZero', `${fleet} is out of the routes`, ['UpdateAutoScalingGroup'], async (stage) => {
      await (fleet === 'old' ? upTo.all(stage) : upTo.givenBack(stage));
      await stage.worker.call('leaveRoutes', { ...stage.onPlan, fleet });
      return { ...stage.onPlan, fleet };
    }),
  ),
  retiring('new', 'new is empty', ['DeleteTargetGroup', 'DeleteTargetGroup', 'DeleteLaunchTemplate']),
  retiring('old', 'old is empty and ours', ['DeleteTargetGroup', 'DeleteTargetGroup', 'DeleteLaunchTemplate'], {
    sourceIsOurs: true,
  }),
  retiring('old', 'old is empty and by policy to be deleted', [], { oldGroup: 'delete' }),
];

function retiring(fleet: 'old' | 'new', when: string, rest: string[], options: StageOptions = {}): Scenario {
  const arrange = async (stage: Stage) => {
    await upTo.emptied(stage, fleet);
    return { ...stage.onPlan, fleet };
  };
  return scenario('retireFleet', when, ['DeleteAutoScalingGroup', ...rest], arrange, options);
}

export const scenarios = { forward, back, away };
