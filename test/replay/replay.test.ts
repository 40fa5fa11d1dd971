/** Histories that real deployments left behind are replayed on today's workflow code. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { compiled, projectRoot } from '../../dev/project';
import { changedBundle, workflowBundle } from '../support/changed-build';

const recorded = join(projectRoot, 'test', 'histories');
/** Each is a way that deployments, or what lives beside them, can go. */
const shapesNeeded = [
  'deployment-succeeded',
  'deployment-rolled-back',
  'deployment-paused',
  'deployment-aborted',
  'deployment-gate-expired',
  'deployment-needs-attention',
  'deployment-refused',
  'deployment-queued',
  'deployment-superseded',
  'deployment-recovered',
  'deployment-promoted',
  'deployment-cancelled',
  'deployment-of-the-next',
  'recovery',
  'service-queue',
  'service-continued-as-new',
  'lease',
  'notification',
  'drain-finished',
  'drain-continued-as-new',
  'drain-rolled-back',
  'drain-at-risk',
  'drain-superseded',
  'drain-rollback-after-keep',
  // Of a release that made no deployment of it; today's code records no such history any more.
  'drain-rollback-refused',
];

const files = readdirSync(recorded).filter((name) => name.endsWith('.json'));

interface Recorded {
  workflowId: string;
  history: object;
}

function read(file: string): Recorded {
  return JSON.parse(readFileSync(join(recorded, file), 'utf8')) as Recorded;
}

async function replay(file: string, code: string): Promise<void> {
  const { workflowId, history } = read(file);
  await Worker.runReplayHistory(
    {
      workflowBundle: { code },
      dataConverter: { payloadConverterPath: compiled('workflows/payload-converter.js') },
    },
    history,
    workflowId,
  );
}

test('every shape of ending is among the recorded histories', () => {
  const shapes = new Set(files.map((file) => file.replace(/\.json$/, '')));
  for (const shape of shapesNeeded) expect(shapes).toContain(shape);
});

test.each(files)('%s replays on the workflow code of today', async (file) => {
  await replay(file, workflowBundle());
});

// A wait that no recorded history has; in a workflow it is a timer of Temporal.
const wait = 'new Promise((resolve) => setTimeout(resolve, 10))';

test.each([
  { type: 'deployment', file: 'deployment-succeeded.json', from: "run.phase('prepare'" },
  { type: 'notification', file: 'notification.json', from: 'await notify({' },
  {
    type: 'service',
    file: 'service-queue.json',
    from: 'await workflow_1.CancellationScope.nonCancellable(() => desk.serve())',
  },
  {
    type: 'lease',
    file: 'lease.json',
    from: 'await workflow_1.CancellationScope.nonCancellable(() => (0, workflow_1.condition)(() => released))',
  },
])('a change of what a $type does in which order is caught', async ({ file, from }) => {
  await expect(replay(file, changedBundle({ from, to: `${wait}, ${from}` }))).rejects.toThrow(
    DeterminismViolationError,
  );
});

test('behind "patched" the same kind of change lets drains go on that began before it', async () => {
  const from = 'async function drainOld(run) {';
  const waitingIf = (condition: string) =>
    changedBundle({ from, to: `${from} if (${condition}) await workflow_1.sleep(10);` });
  await expect(replay('drain-finished.json', waitingIf('true'))).rejects.toThrow(DeterminismViolationError);
  await replay('drain-finished.json', waitingIf("workflow_1.patched('a wait')"));
});
