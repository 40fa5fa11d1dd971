/**
 * Who may deploy when: places in a service, and leases between services. Temporal suggests to continue as new after so few
 * events that the services' workflows do so all the time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listDeployments } from '../../clients/temporal/list-deployments';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { startTemporal, type TemporalServer } from '../../dev/temporal/start-temporal';
import type { DeploymentProgress } from '../../domain/deployment';
import { serviceKey } from '../../domain/service-file';
import { serviceWorkflowId } from '../../workflows/messages';
import { waitUntil } from '../support/wait-until';
import { deploy, progressOf, resultOf, serviceFile, submit, untilProgress } from './support/deployments';
import { ledgerOf } from './support/ledger';
import { crowd } from './support/outsider';
import { openStage, type Stage } from './support/stage';
import { ask, expectReplay, expectUntouched, long, noticesOf, untilPhase } from './support/steer';
import { images } from './support/world';

const names = ['line', 'swap', 'solo', 'renewed', 'keyed', 'cut', 'lost', 'twin', 'full'];
/** Is refused by the plan, a moment after its turn has come. */
const unknownImage = 'ami-nowhere';
const queue = { whenBusy: 'queue' };

let directory: string;
let temporal: TemporalServer;
let stage: Stage;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetshift-admission-'));
  temporal = await startTemporal({
    cliPath: await ensureTemporalCli({ log: () => undefined }),
    ui: false,
    logPath: join(directory, 'temporal.log'),
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '120' },
  });
  const sharing = { name: 'sharing', virtualLoad: 0, rulePaths: ['/shared/*'] };
  const services = [
    ...names.map((name) => ({ name, virtualLoad: 0 })),
    sharing,
    { name: 'partner', behind: 'sharing' },
  ];
  stage = await openStage(services, { TEMPORAL_ADDRESS: temporal.address }, 'virtual');
}, 120_000);

afterAll(async () => {
  try {
    await stage.stop();
  } finally {
    await temporal.stop();
  }
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

/** A deployment that stands still with its plan made and its leases taken. */
async function standing(name: string, change: Record<string, object | string> = {}): Promise<string> {
  const id = await deploy(stage, serviceFile(name, change), images.good);
  await ask(stage, id, 'pause');
  await untilProgress(stage, id, 'its plan', ({ oldFleet }) => oldFleet !== null);
  return id;
}

async function abort(id: string) {
  await ask(stage, id, 'abort');
  return resultOf(stage, id);
}

async function plannedAtMs(id: string): Promise<number | undefined> {
  const { notices } = await progressOf(stage, id);
  return notices.find(({ text }) => text === 'phase plan')?.atMs;
}

/** Each began when the one before had ended. */
async function expectOneAfterTheOther(ids: string[]): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const before = ids[index - 1];
    if (before === undefined) continue;
    expect(await plannedAtMs(id)).toBeGreaterThanOrEqual((await resultOf(stage, before)).endedAtMs);
  }
}

function workflowOf(name: string) {
  return stage.temporal.client.workflow.getHandle(serviceWorkflowId(serviceKey(serviceFile(name))));
}

/** Asks until the service's workflow has continued as new. */
async function untilRenewed(name: string): Promise<void> {
  const { runId } = await workflowOf(name).describe();
  await waitUntil(`the workflow of ${name} to continue as new`, async () => {
    await submit(stage, serviceFile(name), unknownImage);
    return (await workflowOf(name).describe()).runId !== runId;
  });
}

const waitsFor =
  (holder: string) =>
  ({ phase, turn }: DeploymentProgress) =>
    phase === 'queued' && turn?.holder === holder;

test.concurrent(
  'who queues begins in the order of the requests; one that is aborted in the queue is passed over',
  async () => {
    const first = await standing('line', queue);
    const [second, third, fourth] = [
      await deploy(stage, serviceFile('line', queue), images.good),
      await deploy(stage, serviceFile('line', queue), unknownImage),
      await deploy(stage, serviceFile('line', queue), unknownImage),
    ];
    const waiting = await untilProgress(stage, second, 'it to wait', waitsFor(first));
    expect(waiting).toMatchObject({ turn: { thing: 'service:line.test.eu-west-1' }, oldFleet: null });
    await untilProgress(stage, third, 'it to wait', waitsFor(second));
    expect(await abort(second)).toMatchObject({ outcome: 'aborted', newGroup: null });
    await untilProgress(stage, third, 'it to wait for the first', waitsFor(first));
    expect(await abort(first)).toMatchObject({ outcome: 'aborted' });
    expect(await resultOf(stage, fourth)).toMatchObject({ outcome: 'refused', number: 4 });
    await expectOneAfterTheOther([first, third, fourth]);
    expect(await plannedAtMs(second)).toBeUndefined();
    await expectUntouched(stage, 'line');
    for (const id of [second, third, workflowOf('line').workflowId]) await expectReplay(stage, id);
  },
);

test.concurrent(
  'who supersedes begins when the one that runs has given the traffic back; who waited is aborted too',
  async () => {
    const first = await deploy(stage, serviceFile('swap', long), images.good);
    const second = await deploy(stage, serviceFile('swap', queue), images.good);
    await untilProgress(stage, first, 'traffic on new', ({ split }) => (split?.newPercent ?? 0) > 0);
    const third = await deploy(stage, serviceFile('swap', { whenBusy: 'supersede' }), unknownImage);
    expect(await resultOf(stage, third)).toMatchObject({ outcome: 'refused' });
    const superseded = { outcome: 'aborted', reason: expect.stringContaining('superseded by #3') as string };
    expect(await resultOf(stage, second)).toMatchObject({ ...superseded, newGroup: null });
    const { trafficRestoredAtMs, ...result } = await resultOf(stage, first);
    expect(result).toMatchObject({ ...superseded, repairs: [] });
    expect(await plannedAtMs(third)).toBeGreaterThanOrEqual(trafficRestoredAtMs ?? Infinity);
    await expectOneAfterTheOther([first, third]);
    await expectUntouched(stage, 'swap');
  },
);

test.concurrent(
  'a route that is full of earlier generations is waited for in a queue, and refuses otherwise',
  async () => {
    const { makeRoom } = await crowd(stage, 'full');
    const refused = await deploy(stage, serviceFile('full'), images.good);
    expect(await resultOf(stage, refused)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('wait until earlier generations are retired') as string,
    });
    const id = await deploy(stage, serviceFile('full', queue), images.good);
    const waiting = await untilProgress(stage, id, 'it to wait', (progress) =>
      noticesOf(progress).includes('waiting:'),
    );
    expect(waiting).toMatchObject({ phase: 'plan', oldFleet: null });
    await makeRoom();
    await untilProgress(stage, id, 'its plan', ({ oldFleet }) => oldFleet !== null);
    expect(await abort(id)).toMatchObject({ outcome: 'aborted', repairs: [] });
    await expectReplay(stage, id);
  },
  90_000,
);

test.concurrent(
  'by default a busy service refuses and names who holds it, and admits when that one has ended',
  async () => {
    const first = await standing('solo');
    const refused = await submit(stage, serviceFile('solo'), unknownImage);
    expect(refused).toMatchObject({ kind: 'refused', code: 'busy', message: expect.stringContaining(first) as string });
    await abort(first);
    expect(await submit(stage, serviceFile('solo'), unknownImage)).toMatchObject({
      kind: 'admitted',
      after: null,
      number: 2,
    });
  },
);

test.concurrent(
  'a service continues as new while a deployment runs: its key, its end and those who wait are not lost',
  async () => {
    const first = await standing('renewed');
    const waiting = await submit(stage, serviceFile('renewed', queue), unknownImage, 'release-2');
    await untilRenewed('renewed');
    expect(await submit(stage, serviceFile('renewed', queue), unknownImage, 'release-2')).toMatchObject({
      ...waiting,
      repeated: true,
    });
    await abort(first);
    expect(await resultOf(stage, (waiting as { deploymentId: string }).deploymentId)).toMatchObject({
      outcome: 'refused',
    });

    // Nobody asks any more, and no end is signalled.
    const terminated = await standing('renewed');
    const next = await deploy(stage, serviceFile('renewed', queue), unknownImage);
    await untilRenewed('renewed');
    await stage.temporal.client.workflow.getHandle(terminated).terminate('wrong button');
    expect(await resultOf(stage, next)).toMatchObject({ outcome: 'refused', warnings: [] });
    await expectReplay(stage, workflowOf('renewed').workflowId);
  },
);

test.concurrent(
  'a key is one deployment after the service has continued as new, and after it was terminated',
  async () => {
    const ask = (imageId: string) => submit(stage, serviceFile('keyed'), imageId, 'release-1');
    const first = await ask(unknownImage);
    expect(first).toMatchObject({ kind: 'admitted', repeated: false });
    const { deploymentId } = first as { deploymentId: string };
    const theSame = { kind: 'admitted', deploymentId, number: 1, repeated: true };
    expect(await ask(unknownImage)).toMatchObject(theSame);
    await untilRenewed('keyed');
    expect(await ask(unknownImage)).toMatchObject(theSame);
    await waitUntil(
      'Temporal to list it',
      () => listDeployments({ temporal: stage.temporal, service: 'keyed', limit: 50 }),
      {
        until: (rows) => rows.some((row) => row.deploymentId === deploymentId && row.endedAtMs !== null),
      },
    );
    await workflowOf('keyed').terminate('wrong button');
    expect(await ask(unknownImage)).toMatchObject(theSame);
    expect(await ask(images.good)).toMatchObject({ kind: 'refused', code: 'key-reused' });
  },
);

test.concurrent(
  'when a running deployment is terminated the next one begins, and is warned of what it may have left',
  async () => {
    const still = await stage.sandbox.admin.addBarrier({
      operation: 'CreateAutoScalingGroup',
      at: 'before',
      inputContains: 'cut',
      times: 50,
    });
    const first = await deploy(stage, serviceFile('cut'), images.good);
    await untilPhase(stage, first, 'clone');
    const second = await deploy(stage, serviceFile('cut', queue), unknownImage);
    await untilProgress(stage, second, 'it to wait', waitsFor(first));
    await stage.temporal.client.workflow.getHandle(first).terminate('wrong button');
    await still.release();
    const { outcome, warnings } = await resultOf(stage, second);
    expect(outcome).toBe('refused');
    expect(warnings.join()).toMatch(new RegExp(`${first} ended as terminated in phase clone.*fleetshift recover`));
  },
);

test.concurrent(
  "a service's workflow that is terminated lets no second deployment in, and those who wait keep their turn",
  async () => {
    const first = await standing('lost');
    const second = await deploy(stage, serviceFile('lost', queue), unknownImage);
    await workflowOf('lost').terminate('wrong button');
    const refused = await submit(stage, serviceFile('lost'), images.good);
    expect(refused).toMatchObject({ kind: 'refused', message: expect.stringContaining(first) as string });
    const third = await submit(stage, serviceFile('lost', queue), unknownImage);
    expect(third).toMatchObject({ kind: 'admitted', number: 3, after: second });
    // Nobody asks any more, so that only the first's end can bring the service back.
    await workflowOf('lost').terminate('wrong button again');
    await abort(first);
    const ids = [first, second, (third as { deploymentId: string }).deploymentId];
    await resultOf(stage, ids[2]!);
    await expectOneAfterTheOther(ids);
    await expectUntouched(stage, 'lost');
  },
);

test.concurrent(
  'two services that deploy one group: the second waits or is refused, and says who holds what',
  async () => {
    const first = await standing('twin');
    const same = { source: { group: 'twin-v1' } };
    const second = await deploy(stage, serviceFile('twin-two', { ...same, ...queue }), images.good);
    const waiting = await untilProgress(stage, second, 'it to wait', ({ turn }) => turn?.holder === first);
    expect(waiting).toMatchObject({
      phase: 'plan',
      oldFleet: null,
      turn: { thing: expect.stringMatching(/^arn:/) as string },
    });
    expect(noticesOf(waiting)).toContain(`waiting: ${first} holds arn:`);
    const refused = await resultOf(stage, await deploy(stage, serviceFile('twin-three', same), images.good));
    expect(refused).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining(`${first} holds arn:`) as string,
    });
    await ask(stage, second, 'pause');
    expect((await progressOf(stage, second)).oldFleet).toBeNull();
    await abort(first);
    await untilProgress(stage, second, 'its plan', ({ oldFleet, turn }) => oldFleet !== null && turn === null);
    await abort(second);
    await expectUntouched(stage, 'twin');
  },
);

test.concurrent('two services that share no more than a listener rule never deploy together', async () => {
  const first = await standing('sharing');
  const second = await deploy(stage, serviceFile('partner', queue), images.good);
  const rule = expect.stringContaining(':listener-rule/') as string;
  await untilProgress(stage, second, 'it to wait', ({ turn }) => turn?.holder === first);
  expect(await progressOf(stage, second)).toMatchObject({ turn: { thing: rule }, oldFleet: null });
  expect(await ledgerOf(stage, 'partner')).toEqual([]);
  expect(await abort(second)).toMatchObject({ outcome: 'aborted', newGroup: null });
  await abort(first);
});
