/** Deployments that Temporal has lost half-way are found by their tags, and finished or put back. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/processes/free-port';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { startTemporal, type TemporalServer } from '../../dev/temporal/start-temporal';
import type { DeploymentResult } from '../../domain/deployment';
import type { HalfDone } from '../../domain/recovery';
import { cli, fileWith } from '../cli/support';
import { deploy, fileSections, resultOf, serviceFile, untilProgress, untilShare } from '../e2e/support/deployments';
import { drainHandle } from '../e2e/support/drains';
import { expectSuccess, expectWayBack, failedRequests, runOf, type Run } from '../e2e/support/endings';
import { ledgerOf, newPercents } from '../e2e/support/ledger';
import { openStage, type Stage } from '../e2e/support/stage';
import { images } from '../e2e/support/world';

const wide = { shift: { steps: [20, 50, 100] } };

interface Story {
  id: string;
  /** While it ran. */
  foundBefore: HalfDone[];
  /** After it was terminated. */
  found: HalfDone[];
  code: number;
  run: Run;
  foundAfter: HalfDone[];
  failed: number;
}

/** One that could not go back, for AWS refused it, and whose repairs nobody has done. */
interface Left {
  result: DeploymentResult;
  found: HalfDone[];
  code: number;
  run: Run;
}

let stage: Stage;
let stories: Record<'goback' | 'goon' | 'early', Promise<Story>>;
let left: Promise<Left>;
let afterLoss: Promise<void>;

beforeAll(async () => {
  stage = await openStage(
    ['goback', 'goon', 'early', 'left'].map((name) => ({ name })),
    {},
    'virtual',
  );
  // Side by side, for they mostly wait; each one's own test tells what went wrong.
  stories = {
    goback: recovered('goback', () => deployedTo(stage, 'goback', 20), '--back'),
    goon: recovered('goon', () => deployedTo(stage, 'goon', 50), '--finish'),
    early: recovered('early', () => deployedUntilReady('early'), '--finish'),
  };
  left = leftToAPerson();
  afterLoss = loseAll();
  for (const story of [...Object.values(stories), left, afterLoss]) story.catch(() => undefined);
}, 120_000);

afterAll(() => stage.stop(), 60_000);

/** Terminates a deployment where it stands, and recovers it. */
async function recovered(name: string, standing: () => Promise<string>, flag: string): Promise<Story> {
  const failedBefore = await failedRequests(stage, name);
  const id = await standing();
  const foundBefore = await halfDoneOf(stage, name);
  await stage.temporal.client.workflow.getHandle(id).terminate('by the test');
  const found = await halfDoneOf(stage, name);
  const { code } = await recover(stage, name, flag, '--wait');
  return {
    ...{ id, foundBefore, found, code },
    run: await runOf(stage, name, id),
    foundAfter: await halfDoneOf(stage, name),
    failed: (await failedRequests(stage, name)) - failedBefore,
  };
}

async function leftToAPerson(): Promise<Left> {
  const id = await deployedTo(stage, 'left', 20, { limits: { rollback: '2s' } });
  const refusal = { operation: 'ModifyListener', inputContains: '/left', kind: 'error-500' } as const;
  const { id: faultId } = await stage.sandbox.admin.addFault({ ...refusal, times: 'always' });
  await stage.temporal.client.workflow.getHandle(id).signal('abort');
  const result = await resultOf(stage, id);
  await stage.sandbox.admin.removeFaults(faultId);
  const found = await halfDoneOf(stage, 'left');
  const { code } = await recover(stage, 'left', '--back', '--wait');
  return { result, found, code, run: await runOf(stage, 'left', id) };
}

async function deployedUntilReady(name: string): Promise<string> {
  const id = await deploy(stage, serviceFile(name, wide), images.good);
  await untilProgress(stage, id, 'the clone', (progress) => progress.phase === 'ready');
  return id;
}

/** Runs `fleetshift recover` and answers what it printed as JSON. */
async function recover(on: Stage, name: string, ...flags: string[]): Promise<{ code: number; json: unknown }> {
  const file = fileWith(`${name}.json`, JSON.stringify(fileSections(name, wide)));
  const { exitCode, out, err } = await cli(['recover', file, '--json', ...flags], on.env);
  if (out === '') throw new Error(err);
  return { code: exitCode, json: JSON.parse(out) };
}

async function halfDoneOf(on: Stage, name: string): Promise<HalfDone[]> {
  return ((await recover(on, name)).json as { halfDone: HalfDone[] }).halfDone;
}

/** Begins a deployment and leaves it standing at this share. */
async function deployedTo(on: Stage, name: string, newPercent: number, change = {}): Promise<string> {
  const id = await deploy(on, serviceFile(name, { ...wide, ...change }), images.good);
  await untilShare(on, id, newPercent);
  await on.temporal.client.workflow.getHandle(id).signal('pause');
  await untilProgress(on, id, 'the pause', (progress) => progress.pause !== null);
  return id;
}

const offered = expect.objectContaining({ kind: 'offered' }) as object;

test('one that was terminated half-way is found only when nobody works on it, and goes back without a failed request', async () => {
  const story = await stories.goback;
  expect(story.foundBefore).toEqual([]);
  expect(story.found).toEqual([
    expect.objectContaining({
      ...{ deploymentId: story.id, number: 1, imageId: images.good, oldGroup: 'goback-v1', shares: [20] },
      ways: { finish: offered, back: offered },
    }),
  ]);
  expect(story.code).toBe(1);
  expect(story.run.result.number).toBe(1);
  expectWayBack('goback', story.run);
  expect(story.failed).toBe(0);
  expect(story.foundAfter).toEqual([]);
}, 120_000);

test('one that was terminated half-way goes on from the share it had, to the end that was wanted', async () => {
  const story = await stories.goon;
  expect(story.code).toBe(0);
  expect(story.run.result).toMatchObject({ number: 1, previousImageId: images.v1 });
  expectSuccess('goon', story.run);
  // At the end old leaves.
  expect(newPercents(await ledgerOf(stage, 'goon'), 'goon')).toEqual([0, 20, 50, 90, 100, 100]);
  expect(story.failed).toBe(0);
  expect(story.foundAfter).toEqual([]);
}, 120_000);

test('one that was terminated before any traffic moved begins where it was, with what it had made', async () => {
  const story = await stories.early;
  expect(story.found).toMatchObject([{ deploymentId: story.id, shares: [0] }]);
  expectSuccess('early', story.run);
  expect(story.failed).toBe(0);
}, 120_000);

test('one that ended in needs-attention, half-way back, is found as well, and goes back under its own id', async () => {
  const story = await left;
  expect(story.result).toMatchObject({ outcome: 'needs-attention', repairs: expect.any(Array) as string[] });
  const { deploymentId } = story.result;
  expect(story.found).toMatchObject([{ deploymentId, shares: [20], ways: { finish: offered, back: offered } }]);
  expect(story.code).toBe(1);
  expectWayBack('left', story.run);
}, 120_000);

test(
  'after the loss of all that Temporal knew, one is finished in the middle of its shift and one goes back from its keep',
  () => afterLoss,
  180_000,
);

async function loseAll(): Promise<void> {
  const server = await ownTemporal();
  const lost = await openStage(
    [{ name: 'shifting' }, { name: 'kept' }],
    { TEMPORAL_ADDRESS: server.address() },
    'virtual',
  );
  try {
    const failedBefore = await Promise.all(['shifting', 'kept'].map((name) => failedRequests(lost, name)));
    const [shifting, kept] = await Promise.all([
      deployedTo(lost, 'shifting', 20),
      deploy(lost, serviceFile('kept', { keep: '1h' }), images.good),
    ]);
    expect(await resultOf(lost, kept)).toMatchObject({ outcome: 'succeeded' });
    await lost.worker.stop(0);
    await server.lose();
    await lost.startWorker();
    await expect(drainHandle(lost, kept).describe()).rejects.toThrow(/not found/i);

    expect((await halfDoneOf(lost, 'shifting'))[0]).toMatchObject({ deploymentId: shifting, shares: [20] });
    expect((await halfDoneOf(lost, 'kept'))[0]).toMatchObject({ deploymentId: kept, shares: [100] });
    const codes = await Promise.all([
      recover(lost, 'shifting', '--finish', '--wait').then(({ code }) => code),
      recover(lost, 'kept', '--back', '--wait').then(({ code }) => code),
    ]);
    expect(codes).toEqual([0, 1]);
    expectSuccess('shifting', await runOf(lost, 'shifting', shifting));
    expectWayBack('kept', await runOf(lost, 'kept', kept));
    expect(await Promise.all(['shifting', 'kept'].map((name) => failedRequests(lost, name)))).toEqual(failedBefore);
    // A new deployment is one more, though nobody remembers the first.
    const next = await deploy(lost, serviceFile('shifting'), images.v1);
    expect(await untilProgress(lost, next, 'a plan', ({ phase }) => phase !== 'plan')).toMatchObject({ number: 2 });
    await lost.temporal.client.workflow.getHandle(next).signal('abort');
    expect(await resultOf(lost, next)).toMatchObject({ outcome: 'aborted' });
  } finally {
    await lost.stop();
    await server.stop();
  }
}

/** A server that keeps nothing beyond its own life. */
async function ownTemporal() {
  const cliPath = await ensureTemporalCli({ log: (line) => process.stderr.write(`[temporal] ${line}\n`) });
  const directory = mkdtempSync(join(tmpdir(), 'fleetshift-recover-'));
  const port = await freePort();
  let lives = 0;
  const start = () => startTemporal({ cliPath, ui: false, port, logPath: join(directory, `server-${lives++}.log`) });
  let server: TemporalServer = await start();
  return {
    address: () => server.address,
    lose: async () => {
      await server.child.stop(0);
      server = await start();
    },
    stop: () => server.stop(),
  };
}
