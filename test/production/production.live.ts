/**
 * The production shape without containers: PostgreSQL, the Temporal server, two workers, the gateway. A good and a bad
 * version are deployed under load while a worker is killed and the database crashes: the endings are the same.
 */
import { connect, type Temporal } from '../../clients/temporal/connection';
import { listDeployments } from '../../clients/temporal/list-deployments';
import { readDeployment } from '../../clients/temporal/read-deployment';
import { waitUntil } from '../support/wait-until';
import { startTopology, type Topology } from './support/topology';

let topology: Topology;
let temporal: Temporal;

beforeAll(async () => {
  topology = await startTopology();
  temporal = await connect({ env: topology.env });
}, 20 * 60_000);

afterAll(async () => {
  await temporal?.close();
  await topology?.stop();
}, 120_000);

test('with a worker killed and PostgreSQL crashed in the middle, the good version goes live and the bad one goes back', async () => {
  const demo = await topology.startDemo();
  const good = await untilNewHasTraffic('ami-web-v2');
  const worker = await workerThatRuns(good);
  worker.signal('SIGKILL');
  await worker.ended;
  await untilNewHasTraffic('ami-web-v3-bad');
  await topology.postgres.crashAndRestart();

  expect([await demo.ended, demo.lastLines(1)]).toEqual(['code 0', expect.stringContaining('"deployments"')]);
  const { deployments } = JSON.parse(demo.lastLines(1)) as { deployments: object[] };
  process.stderr.write(`${JSON.stringify(deployments)}\n`);
  expect(deployments).toEqual([
    expect.objectContaining({ revision: 'ami-web-v2', outcome: 'succeeded', failedRequests: 0 }),
    expect.objectContaining({ revision: 'ami-web-v3-bad', outcome: 'rolled-back' }),
  ]);
}, 300_000);

test('the one-shots can be run again on a database and a server in use, and change nothing', async () => {
  const ended = async () => (await listDeployments({ temporal, limit: 10 })).map(({ deploymentId }) => deploymentId);
  const before = await ended();
  expect(topology.temporal.oneShot('schema.sh')).toContain('have the newest schema');
  expect(topology.temporal.oneShot('namespace.sh')).toContain('keeps ended workflows for 48h');
  expect(await ended()).toEqual(before);
});

/** Answers the deployment's id. */
async function untilNewHasTraffic(image: string): Promise<string> {
  const found = await waitUntil(
    `traffic on ${image}`,
    async () => {
      const all = await listDeployments({ temporal, limit: 10 });
      const deploymentId = all.find(({ revision }) => revision === image)?.deploymentId;
      if (deploymentId === undefined) return undefined;
      const read = await readDeployment({ temporal, deploymentId });
      return read.kind === 'found' && (read.progress.split?.newPercent ?? 0) > 0 ? deploymentId : undefined;
    },
    { deadlineMs: 120_000, everyMs: 200 },
  );
  return found ?? '';
}

/** The worker that has an activity of this deployment in hand, by the identity that it told Temporal. */
async function workerThatRuns(deploymentId: string) {
  const worker = await waitUntil('a worker with an activity in hand', async () => {
    const { raw } = await temporal.client.workflow.getHandle(deploymentId).describe();
    const pids = (raw.pendingActivities ?? []).map(({ lastWorkerIdentity }) =>
      Number.parseInt(lastWorkerIdentity ?? ''),
    );
    return topology.workers.find(({ pid }) => pids.includes(pid));
  });
  if (worker === undefined) throw new Error('waitUntil answers only what was found');
  return worker;
}
