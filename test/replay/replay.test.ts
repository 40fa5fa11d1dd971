/** Histories that real deployments left behind are replayed on today's workflow code. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { compiled, projectRoot } from '../../dev/project';
import { changedBuild } from '../support/changed-build';

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
  'service',
  'drain-finished',
];

const files = readdirSync(recorded).filter((name) => name.endsWith('.json'));

interface Recorded {
  workflowId: string;
  history: object;
}

function read(file: string): Recorded {
  return JSON.parse(readFileSync(join(recorded, file), 'utf8')) as Recorded;
}

async function replay(file: string, build: string): Promise<void> {
  const { workflowId, history } = read(file);
  await Worker.runReplayHistory(
    {
      workflowBundle: { codePath: join(build, 'workflow-bundle.js') },
      dataConverter: { payloadConverterPath: join(build, 'workflows', 'payload-converter.js') },
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
  await replay(file, compiled('.'));
});

test('a change of what a workflow does in which order is caught', async () => {
  // A wait that no recorded history has.
  const changed = await changedBuild({
    file: join('phases', 'prepare.js'),
    from: "run.phase('prepare'",
    to: "require('@temporalio/workflow').sleep(10).then(() => undefined), run.phase('prepare'",
  });
  try {
    await expect(replay('deployment-succeeded.json', changed)).rejects.toThrow(DeterminismViolationError);
  } finally {
    rmSync(changed, { recursive: true, force: true });
  }
});
