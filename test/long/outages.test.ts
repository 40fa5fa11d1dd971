/**
 * kill -9 of the Temporal server while workers stand in the middle of their writes, of the server alone and of the worker
 * with it. The next server goes on with the data of the first, and every deployment ends as undisturbed. All of them are
 * there at each of the outages.
 */
import { deploy, serviceFile } from '../e2e/support/deployments';
import { expectUndisturbed, failedRequests, runOf, type Run } from '../e2e/support/endings';
import { startMortalServer, type MortalServer } from '../e2e/support/outages';
import { setTrap, type Place } from '../e2e/support/places';
import { sideBySide } from '../e2e/support/side-by-side';
import { openStage, type Stage } from '../e2e/support/stage';
import { images } from '../e2e/support/world';

interface Scenario {
  phase: string;
  /** Name of the service. */
  name: string;
  place: Place;
  image?: string;
  /** The worker is killed at the same moment, and comes back when the server does. */
  workerToo?: boolean;
}

const scenarios: Scenario[] = [
  {
    phase: 'clone, with its worker',
    name: 'oclone',
    place: { operation: 'CreateAutoScalingGroup', at: 'unanswered' },
    workerToo: true,
  },
  { phase: 'shift', name: 'oshift', place: { operation: 'ModifyListener', nth: 1, at: 'unreported' } },
  { phase: 'drain', name: 'odrain', place: { operation: 'UpdateAutoScalingGroup', nth: 3, at: 'before' } },
  {
    phase: 'rolling back',
    name: 'oback',
    image: images.bad,
    place: { operation: 'ModifyListener', nth: 2, at: 'before' },
  },
  {
    phase: 'rolling back, with its worker',
    name: 'oboth',
    image: images.bad,
    place: { operation: 'ModifyListener', nth: 2, at: 'unanswered' },
    workerToo: true,
  },
];

let server: MortalServer;
let stage: Stage;
let runOfService: (name: string) => Promise<Run & { failed: number }>;

beforeAll(async () => {
  server = await startMortalServer();
  stage = await openStage(
    scenarios.map(({ name }) => ({ name })),
    { TEMPORAL_ADDRESS: server.address },
    'virtual',
  );
  // A request that meets an outage is answered with "unknown", so the first outage waits for the last request.
  const begun = await Promise.all(scenarios.map(begin));
  runOfService = sideBySide(begun, finish);
}, 120_000);

afterAll(async () => {
  await stage?.stop();
  await server?.stop();
}, 60_000);

async function begin(scenario: Scenario) {
  const { name, place, image = images.good } = scenario;
  const crew = await stage.apart();
  const failedBefore = await failedRequests(crew, name);
  const trap = await setTrap(crew, place);
  return { name, scenario, crew, failedBefore, trap, id: await deploy(crew, serviceFile(name), image) };
}

async function finish(begun: Awaited<ReturnType<typeof begin>>): Promise<Run & { failed: number }> {
  const { scenario, crew, failedBefore, trap, id } = begun;
  const held = await trap.caught;
  if (scenario.workerToo) crew.worker.signal('SIGKILL');
  await server.strike();
  await held.release();
  if (scenario.workerToo) await crew.startWorker();
  const run = await runOf(crew, scenario.name, id);
  return { ...run, failed: (await failedRequests(crew, scenario.name)) - failedBefore };
}

test.each(scenarios)(
  '$phase: Temporal killed while a worker is in a write, it ends as undisturbed',
  async (scenario) => expectUndisturbed(scenario, await runOfService(scenario.name)),
  150_000,
);
