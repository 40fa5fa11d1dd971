import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compiled } from '../../dev/project';
import { ensureTemporalCli, goInstallCli } from '../../dev/temporal/ensure-cli';
import type { BuildSource } from '../../dev/tools/source';
import { waitUntil } from '../support/wait-until';
import { brokenTemporal, fakeGo, goodTemporal, makeFakeTools, type FakeTools } from './fake-tools';

const noDownload: BuildSource = async () => ({ kind: 'missing', answer: 'no route to the download host' });
const builders = { "the SDK's download": noDownload, 'go install': goInstallCli };
const silent = () => undefined;

let tools: FakeTools;
beforeEach(() => (tools = makeFakeTools()));
afterEach(() => tools.remove());

const ensure = (environment: NodeJS.ProcessEnv = {}) =>
  ensureTemporalCli({ log: silent, builders, environment: { ...tools.environment, ...environment } });

function useFakeGo({ finishesAtOnce }: { finishesAtOnce: boolean }): void {
  tools.write(join(tools.bin, 'go'), fakeGo(tools.root));
  if (finishesAtOnce) letGoFinish();
}

function letGoFinish(): void {
  writeFileSync(join(tools.root, 'go-may-finish'), '');
}

test('the variable wins over everything else', async () => {
  const named = tools.write(join(tools.root, 'mine'), goodTemporal);
  tools.write(join(tools.bin, 'temporal'), goodTemporal);
  expect(await ensure({ FLEETSHIFT_TEMPORAL_CLI: named })).toBe(named);
});

test('a variable that names an unusable binary is an error that names it, even when another one would do', async () => {
  const named = tools.write(join(tools.root, 'mine'), brokenTemporal);
  tools.write(join(tools.bin, 'temporal'), goodTemporal);
  await expect(ensure({ FLEETSHIFT_TEMPORAL_CLI: named })).rejects.toThrow(
    new RegExp(`FLEETSHIFT_TEMPORAL_CLI names ${named}.*cannot execute`, 's'),
  );
});

test('a usable binary on PATH comes before the cache', async () => {
  const onPath = tools.write(join(tools.bin, 'temporal'), goodTemporal);
  tools.write(tools.cached, goodTemporal);
  expect(await ensure()).toBe(onPath);
});

test('an unusable binary on PATH is passed over for the cached one, and nothing is built', async () => {
  tools.write(join(tools.bin, 'temporal'), brokenTemporal);
  tools.write(tools.cached, goodTemporal);
  useFakeGo({ finishesAtOnce: true });
  expect(await ensure()).toBe(tools.cached);
  expect(tools.goRuns()).toEqual([]);
});

test('a download that works is kept in the cache, and go is not asked', async () => {
  useFakeGo({ finishesAtOnce: true });
  const download: BuildSource = async ({ directory }) => ({
    kind: 'found',
    path: tools.write(join(directory, 'temporal-sdk-typescript'), goodTemporal),
  });
  const path = await ensureTemporalCli({
    log: silent,
    environment: tools.environment,
    builders: { ...builders, "the SDK's download": download },
  });
  expect(path).toBe(tools.cached);
  expect(tools.goRuns()).toEqual([]);
});

test('a download that cannot run is not kept: the pinned version is built without cgo instead', async () => {
  useFakeGo({ finishesAtOnce: true });
  const download: BuildSource = async ({ directory }) => ({
    kind: 'found',
    path: tools.write(join(directory, 'temporal-sdk-typescript'), brokenTemporal),
  });
  const path = await ensureTemporalCli({
    log: silent,
    environment: tools.environment,
    builders: { ...builders, "the SDK's download": download },
  });
  expect(path).toBe(tools.cached);
  expect(tools.goRuns()).toEqual([
    expect.stringMatching(/CGO_ENABLED=0 install github\.com\/temporalio\/cli\/cmd\/temporal@v1\.5\.1$/),
  ]);
  expect(tools.cacheContent()).toEqual(['temporal']);
});

test('a cached binary that went bad is built anew', async () => {
  tools.write(tools.cached, brokenTemporal);
  useFakeGo({ finishesAtOnce: true });
  const path = await ensure();
  expect((await promisify(execFile)(path, ['--version'])).stdout).toContain('9.9.9');
});

test('when nothing works the error lists every place with its answer, and says what to do', async () => {
  tools.write(join(tools.bin, 'temporal'), brokenTemporal);
  const failed = ensure();
  await expect(failed).rejects.toThrow(
    /FLEETSHIFT_TEMPORAL_CLI: not set.*temporal on PATH: .*cannot execute.*the cache, .*: no such file.*SDK's download: no route to the download host.*go install: .*ENOENT.*Install the Temporal CLI/s,
  );
});

describe('across processes', () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  function startProcess() {
    const child = spawn(process.execPath, [compiled('test/dev/ensure-cli-process.js')], {
      env: tools.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let output = '';
    let log = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (log += data.toString()));
    const result = once(child, 'close').then(() => output);
    return { child, result, log: () => log };
  }

  test('of two at once one builds and the other waits for it', async () => {
    useFakeGo({ finishesAtOnce: false });
    const one = startProcess();
    const two = startProcess();
    await waitUntil('one to build', () => tools.goRuns().length === 1);
    await waitUntil('the other to wait', () => `${one.log()}${two.log()}`.includes('waiting'));
    letGoFinish();
    expect(await Promise.all([one.result, two.result])).toEqual([tools.cached, tools.cached]);
    expect(tools.goRuns()).toHaveLength(1);
    expect(tools.cacheContent()).toEqual(['temporal']);
  });

  test.each(['SIGKILL', 'SIGINT'] as const)(
    'a build ended by %s leaves no binary and no compiler behind, and the next run succeeds',
    async (signal) => {
      useFakeGo({ finishesAtOnce: false });
      const interrupted = startProcess();
      const [run] = await waitUntil('a build', () => tools.goRuns(), { until: (runs) => runs.length === 1 });
      interrupted.child.kill(signal);
      await interrupted.result;
      await waitUntil('the compiler to be gone', () => !isAlive(Number.parseInt(run ?? '', 10)));
      expect(existsSync(tools.cached)).toBe(false);

      letGoFinish();
      expect(await startProcess().result).toBe(tools.cached);
      expect(tools.cacheContent()).toEqual(['temporal']);
    },
  );

  test('one that waits takes over when the builder is killed', async () => {
    useFakeGo({ finishesAtOnce: false });
    const first = startProcess();
    await waitUntil('the first to build', () => tools.goRuns().length === 1);
    const second = startProcess();
    await waitUntil('the second to wait', () => second.log().includes('waiting'));
    first.child.kill('SIGKILL');
    await waitUntil('the second to build', () => tools.goRuns().length === 2);
    letGoFinish();
    expect(await second.result).toBe(tools.cached);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
