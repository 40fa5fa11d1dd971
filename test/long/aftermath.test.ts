/** What can still be done after the decision, and without Fleetshift. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureAwsCli } from '../../dev/tools/ensure-aws-cli';
import { searchAttributes } from '../../workflows/search-attributes';
import { waitUntil } from '../support/wait-until';
import { deploy, resultOf, serviceFile, untilProgress, untilShare } from '../e2e/support/deployments';
import { askDrain, drainHandle, drainResultOf } from '../e2e/support/drains';
import { breachesOf } from '../e2e/support/ledger';
import { openStage, type Stage } from '../e2e/support/stage';
import { addLogin, viewOf } from '../e2e/support/view';
import { images } from '../e2e/support/world';

let stage: Stage;
let aws: string;

beforeAll(async () => {
  stage = await openStage([{ name: 'byhand', rulePaths: ['/login/*'] }, { name: 'undone' }]);
  aws = await ensureAwsCli({ log: (line) => process.stderr.write(`[aws] ${line}\n`) });
}, 400_000);

afterAll(() => stage.stop(), 60_000);

/** What an operator pastes into a shell. */
async function paste(commandLine: string): Promise<void> {
  const env = { ...stage.env, PATH: `${aws.slice(0, aws.lastIndexOf('/'))}:${stage.env['PATH'] ?? ''}` };
  await promisify(execFile)('/bin/sh', ['-c', commandLine], { env });
}

test.concurrent(
  'the commands noted before the shift give all traffic back without Fleetshift',
  async () => {
    await addLogin(stage, 'byhand');
    const load = await stage.startLoad('byhand');
    const id = await deploy(stage, serviceFile('byhand'), images.good);
    await untilShare(stage, id, 20);
    const handle = stage.temporal.client.workflow.getHandle(id);
    await handle.signal('pause');
    const { notices } = await untilProgress(stage, id, 'the pause', (progress) => progress.pause !== null);
    const noted = notices.find(({ text }) => text.startsWith('way back by hand'))?.text ?? '';
    const commands = noted.split('\n').filter((line) => line.startsWith('aws '));
    expect(commands).toHaveLength(2);
    await waitUntil('the worker to log it', () => stage.worker.lastLines(10_000).includes('aws elbv2 modify-rule'));
    for (const command of commands) await paste(command);
    const { routes } = await viewOf(stage, 'byhand');
    expect(routes.map((weights) => weights['byhand'])).toEqual([100, 100]);
    const others = routes.flatMap((weights) => Object.entries(weights).filter(([name]) => name !== 'byhand'));
    expect(others.every(([, weight]) => weight === 0)).toBe(true);
    await handle.signal('abort');
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', repairs: [] });
    expect(await load.stop()).toMatchObject({ failures: [] });
  },
  120_000,
);

test.concurrent(
  'a rollback while old is kept gives it all traffic back without a failed request, and undoes everything',
  async () => {
    const load = await stage.startLoad('undone');
    const before = await viewOf(stage, 'undone');
    const id = await deploy(stage, serviceFile('undone', { keep: '1h' }), images.good);
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded', previousImageId: images.v1 });
    const askedMs = Date.now();
    expect(await askDrain(stage, id, 'rollback', { by: 'ada', reason: 'slow carts' })).toMatchObject({ kind: 'taken' });
    expect(await askDrain(stage, id, 'pause')).toMatchObject({ kind: 'refused' });
    const result = await drainResultOf(stage, id);
    expect(result).toMatchObject({
      ending: 'rolled-back',
      reason: 'rollback asked for by ada: slow carts',
      repairs: [],
      trafficRestoredAtMs: expect.any(Number) as number,
    });
    expect(result.trafficRestoredAtMs).toBeGreaterThan(askedMs);
    expect(await load.stop()).toMatchObject({ failures: [] });
    const after = await viewOf(stage, 'undone');
    expect({ ...after, routes: [] }).toEqual({ ...before, routes: [] });
    expect(after.routes).toEqual([{ undone: 100 }]);
    expect(await breachesOf(stage, 'undone')).toEqual([]);
    const { typedSearchAttributes } = await drainHandle(stage, id).describe();
    expect(typedSearchAttributes.get(searchAttributes.outcome)).toBe('rolled-back');
  },
  120_000,
);
