/** A person resets a deployment in Temporal: its run is cut off, and another one goes on from an earlier point. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureTemporalCli } from '../../dev/temporal/ensure-cli';
import { deploy, resultOf, serviceFile, submit, untilProgress, untilShare } from '../e2e/support/deployments';
import {
  expectSuccess,
  expectUndisturbed,
  expectWayBack,
  failedRequests,
  runOf,
  standing,
} from '../e2e/support/endings';
import { ledgerOf } from '../e2e/support/ledger';
import { openStage, type Stage } from '../e2e/support/stage';
import { ask } from '../e2e/support/steer';
import { images } from '../e2e/support/world';

let stage: Stage;
const gated = { shift: { gates: [20] } };

beforeAll(async () => {
  stage = await openStage(
    [{ name: 'a-task-back' }, { name: 'from-start' }, { name: 'over' }, { name: 'between' }],
    {},
    'virtual',
  );
}, 120_000);

afterAll(() => stage.stop(), 60_000);

/** The official command line, as an operator would use it. */
async function reset(id: string, ...point: string[]): Promise<void> {
  const cliPath = await ensureTemporalCli({ log: () => undefined });
  const args = ['workflow', 'reset', '--workflow-id', id, ...point, '--reason', 'wrong button'];
  await promisify(execFile)(cliPath, [...args, '--address', stage.temporal.settings.address]);
}

/** Id of the event to which a reset brings a deployment back to where it stands now. */
async function eventIdNow(id: string): Promise<string> {
  const { events } = await stage.temporal.client.workflow.getHandle(id).fetchHistory();
  return String(events?.filter((event) => event.workflowTaskCompletedEventAttributes).at(-1)?.eventId);
}

async function standsAtGate(id: string): Promise<string> {
  await untilProgress(stage, id, 'the gate', ({ gate }) => gate !== null);
  return (await stage.temporal.client.workflow.getHandle(id).describe()).runId;
}

test.concurrent.each([
  ['LastWorkflowTask', 'a-task-back'],
  ['FirstWorkflowTask', 'from-start'],
] as const)(
  'a deployment that is reset to its %s goes on, alone, to the end that was wanted',
  async (type, name) => {
    const failedBefore = await failedRequests(stage, name);
    const id = await deploy(stage, serviceFile(name, gated), images.good);
    const cut = await standsAtGate(id);
    await reset(id, '--type', type);
    expect(await standsAtGate(id)).not.toBe(cut);
    const another = await submit(stage, serviceFile(name), images.good);
    expect(another).toMatchObject({ kind: 'refused', message: expect.stringContaining(id) as string });
    await ask(stage, id, 'promote');
    const run = await runOf(stage, name, id);
    expectUndisturbed({ name }, { ...run, failed: (await failedRequests(stage, name)) - failedBefore });
  },
  120_000,
);

test.concurrent(
  'a deployment that has ended and is reset to its FirstWorkflowTask is refused, and touches nothing',
  async () => {
    const id = await deploy(stage, serviceFile('over'), images.good);
    const before = await runOf(stage, 'over', id);
    expectSuccess('over', before);
    const writes = (await ledgerOf(stage, 'over')).length;
    await reset(id, '--type', 'FirstWorkflowTask');
    expect(await resultOf(stage, id)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('nothing of it is half-done') as string,
    });
    expect(await standing(stage, 'over')).toEqual({ view: before.view, breaches: [] });
    expect(await ledgerOf(stage, 'over')).toHaveLength(writes);
  },
  120_000,
);

test.concurrent(
  'a deployment that is reset to a smaller share than it has holds, says so, and can be aborted',
  async () => {
    const id = await deploy(stage, serviceFile('between', { shift: { gates: [90] } }), images.good);
    await untilShare(stage, id, 20);
    const earlier = await eventIdNow(id);
    await standsAtGate(id);
    await reset(id, '--event-id', earlier);
    const { hold } = await untilProgress(stage, id, 'the hold', (progress) => progress.hold !== null);
    expect(hold).toMatchObject({ reason: 'foreign-edit', detail: expect.stringContaining('weight 90') as string });
    await ask(stage, id, 'abort');
    expectWayBack('between', await runOf(stage, 'between', id), 'aborted');
  },
  120_000,
);
