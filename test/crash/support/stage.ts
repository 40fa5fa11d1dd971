/** One deployment of one service in a cloud without servers, brought as far as a test wants it. */
import type { World } from '../../../sandbox/world/schema';
import type { OnPlan } from '../../../activities/deps';
import type { Plan } from '../../../domain/plan';
import { parseServiceFile, type ServiceConfig } from '../../../domain/service-file';
import { CrashCloud } from './crash-cloud';
import { TestWorker } from './test-worker';

export const newImage = 'ami-new';
const uuid = '6c1a2f0e-1111-4222-8333-944455556666';
const earlierUuid = '0b0b0b0b-1111-4222-8333-944455556666';
const wanted = 2;

export interface Stage {
  cloud: CrashCloud;
  /** Brings the deployment to where a test begins. */
  worker: TestWorker;
  service: ServiceConfig;
  plan: Plan;
  onPlan: OnPlan;
}

export interface StageOptions {
  /** The source is itself the clone of an earlier deployment. */
  sourceIsOurs?: boolean;
  oldGroup?: ServiceConfig['oldGroup'];
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const cloud = await CrashCloud.open(worldOf(options));
  const worker = await TestWorker.start(cloud.url);
  const service = serviceOf(options);
  const deadlineMs = Date.now() + 10_000;
  const answer = await worker.call('planDeployment', { service, uuid, number: 2, imageId: newImage, deadlineMs });
  if (answer.kind !== 'planned') throw new Error(answer.problems.join('\n'));
  return { cloud, worker, service, plan: answer.plan, onPlan: { service, plan: answer.plan } };
}

export async function closeStage(stage: Stage): Promise<void> {
  stage.worker.die();
  await stage.cloud.close();
}

/** What the deployment does up to a point, each step on top of the one before. */
export const upTo = {
  targetGroups: async (stage: Stage): Promise<void> => stage.worker.call('ensureTargetGroups', stage.onPlan),
  references: async (stage: Stage): Promise<void> => {
    await upTo.targetGroups(stage);
    await split(stage, 0);
  },
  clone: async (stage: Stage): Promise<void> => {
    await upTo.references(stage);
    const template = await stage.worker.call('ensureTemplate', { ...stage.onPlan, imageId: newImage });
    await stage.worker.call('ensureClone', { ...stage.onPlan, template });
  },
  readyClone: async (stage: Stage): Promise<void> => {
    await upTo.clone(stage);
    await stage.worker.call('sizeClone', stage.onPlan);
    await stage.cloud.settle();
  },
  half: async (stage: Stage): Promise<void> => {
    await upTo.readyClone(stage);
    await stage.worker.call('freezeOld', { ...stage.onPlan, minSize: wanted });
    await split(stage, 50);
  },
  all: async (stage: Stage): Promise<void> => {
    await upTo.half(stage);
    await split(stage, 100);
  },
  givenBack: async (stage: Stage): Promise<void> => {
    await upTo.half(stage);
    await stage.worker.call('giveBack', { ...stage.onPlan, ourPercents: [0, 50], sizesSince: [] });
  },
  /** The fleet that lost is out of the routes and empty. */
  emptied: async (stage: Stage, fleet: 'old' | 'new'): Promise<void> => {
    await (fleet === 'old' ? upTo.all(stage) : upTo.givenBack(stage));
    await stage.worker.call('leaveRoutes', { ...stage.onPlan, fleet });
    await stage.worker.call('scaleToZero', { ...stage.onPlan, fleet });
    await stage.cloud.settle();
  },
};

export function splitInput(stage: Stage, newPercent: number) {
  return { ...stage.onPlan, newPercent, ourPercents: [0, 50, newPercent], newWanted: wanted };
}

async function split(stage: Stage, newPercent: number): Promise<void> {
  const answer = await stage.worker.call('writeSplit', splitInput(stage, newPercent));
  if (answer.kind !== 'written') throw new Error(answer.detail);
}

/** Somebody else changes a group's sizes. */
export async function resize(
  stage: Stage,
  groupName: string,
  sizes: { minSize?: number; desiredCapacity?: number },
): Promise<void> {
  Object.assign(stage.cloud.cloud.state.groups.get(groupName) ?? {}, sizes);
  await stage.cloud.settle();
}

function serviceOf({ oldGroup }: StageOptions): ServiceConfig {
  const answer = parseServiceFile({
    service: 'web',
    environment: 'test',
    region: 'eu-west-1',
    source: { tag: { service: 'web' } },
    pollEvery: '100ms',
    judge: { period: '1s', lag: '0s' },
    ...(oldGroup === undefined ? {} : { oldGroup }),
  });
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return answer.service;
}

/** Two target groups, three routes: a write that is lost half-way leaves something half-done. */
function worldOf({ sourceIsOurs = false }: StageOptions): World {
  const tags = sourceIsOurs ? { 'fleetshift:deployment': earlierUuid } : { team: 'web' };
  const healthCheck = { path: '/health', interval: '7s' };
  return {
    images: { 'ami-old': { version: 'old' }, [newImage]: { version: 'new' } },
    launchTemplates: [{ name: 'web', versions: [{ imageId: 'ami-old', instanceType: 't3.micro' }], tags }],
    targetGroups: [
      { name: 'web', healthCheck, deregistrationDelay: '20s', tags },
      { name: 'admin', deregistrationDelay: '10s', tags },
    ],
    loadBalancers: [
      {
        name: 'web',
        listeners: [
          { port: 0, forward: { web: 1 }, rules: [{ priority: 1, path: '/api/*', forward: { web: 1 } }] },
          { port: 0, forward: { admin: 1 } },
        ],
      },
    ],
    groups: [
      {
        ...{ name: 'web-v1', template: 'web', version: 1, min: 1, max: 6, desired: wanted },
        ...{ targetGroups: ['web', 'admin'], tags: { service: 'web', ...tags } },
      },
    ],
  };
}
