/** Two releases side by side: a running deployment ends on its own code, the next one begins on the new. */
import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../../dev/processes/child';
import { drainIdOf } from '../../domain/deployment';
import { controlSignals, serviceWorkflowId } from '../../workflows/messages';
import { serviceKey } from '../../domain/service-file';
import { deploy, resultOf, serviceFile, untilProgress, untilShare } from '../e2e/support/deployments';
import { failedRequests } from '../e2e/support/endings';
import { openStage, type Stage } from '../e2e/support/stage';
import { images } from '../e2e/support/world';
import { changedBuild } from '../support/changed-build';
import { startWorkerProcess } from '../support/worker-process';
import { waitUntil } from '../support/wait-until';

const first = 'release-1';
const second = 'release-2';
const workerDeployment = `fleetshift-${randomUUID().slice(0, 8)}`;

let stage: Stage;
let logs: string;
let nextRelease: string;
const workers: Child[] = [];

beforeAll(async () => {
  logs = mkdtempSync(join(tmpdir(), 'fleetshift-versions-'));
  nextRelease = changedBuild(anotherRelease);
  const release = { FLEETSHIFT_BUILD_ID: first, FLEETSHIFT_WORKER_DEPLOYMENT: workerDeployment };
  stage = await openStage([{ name: 'running' }, { name: 'later' }], release, 'virtual');
}, 120_000);

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await stage.stop();
  rmSync(nextRelease, { recursive: true, force: true });
  rmSync(logs, { recursive: true, force: true });
}, 60_000);

/** One more wait at the front, with which no running history could be replayed. */
const anotherRelease = {
  from: 'async function plan(run) {',
  to: "async function plan(run) { await new Promise((resolve) => setTimeout(resolve, 10)); run.notice('planned by the second release');",
};

async function makeCurrent(buildId: string): Promise<void> {
  await waitUntil(`the server to know ${buildId}`, async () => {
    await stage.temporal.client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace: stage.temporal.settings.namespace,
      deploymentName: workerDeployment,
      buildId,
      identity: 'test',
    });
    return true;
  });
}

async function buildOf(workflowId: string): Promise<string | null | undefined> {
  const { raw } = await stage.temporal.client.workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
}

test('a deployment that runs during a release ends on the code it began with', async () => {
  await makeCurrent(first);
  const failedBefore = await failedRequests(stage, 'running');
  const running = serviceFile('running', { shift: { steps: [20, 60, 100] } });
  const id = await deploy(stage, running, images.good);
  await untilShare(stage, id, 20);
  await stage.temporal.client.workflow.getHandle(id).signal(controlSignals.pause);

  const env = { ...stage.env, FLEETSHIFT_BUILD_ID: second };
  workers.push(await startWorkerProcess(env, join(logs, 'second.log'), join(nextRelease, 'worker', 'main.js')));
  await makeCurrent(second);

  const later = await deploy(stage, serviceFile('later'), images.good);
  const begun = await untilProgress(
    stage,
    later,
    'the second release',
    ({ phase }) => phase !== 'queued' && phase !== 'plan',
  );
  expect(begun.notices.map(({ text }) => text)).toContain('planned by the second release');
  expect(await buildOf(later)).toBe(second);

  await stage.temporal.client.workflow.getHandle(id).signal(controlSignals.resume);
  const result = await resultOf(stage, id);
  expect(result).toMatchObject({ outcome: 'succeeded' });
  expect(await buildOf(id)).toBe(first);
  // What lives on moves to the new release.
  await waitUntil('its drain to go on with the second release', async () => (await buildOf(drainIdOf(id))) === second);
  expect(await buildOf(serviceWorkflowId(serviceKey(serviceFile('later'))))).toBe(second);
  await stage.temporal.client.workflow.getHandle(later).signal(controlSignals.abort);
  await resultOf(stage, later);
  expect(await failedRequests(stage, 'running')).toBe(failedBefore);
}, 120_000);
