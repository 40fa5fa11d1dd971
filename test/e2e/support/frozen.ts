/** One deployment whose worker is frozen in the middle of a write, for longer than everything that waits for it. */
import { deploy, serviceFile } from './deployments';
import { expectSuccess, expectWayBack, runOf, standing, type Run } from './endings';
import { setTrap, type Place } from './places';
import type { Stage } from './stage';
import { images } from './world';

export interface Freeze {
  /** Name of the service. */
  name: string;
  place: Place;
  image?: string;
  /** Somebody aborts while the worker is frozen. */
  abort?: boolean;
}

export interface FrozenRun {
  /** When the deployment was over, its frozen worker was still frozen. */
  before: Run;
  /** When that worker had done all that it still wanted to do. */
  after: Run;
  /** Mutations that it tried when it went on, whatever AWS answered. */
  late: string[];
  /** The end of its log. */
  log: string;
}

/** Settings of workers on a stage: the work of a frozen one is soon given to another. */
export const quickTakeover = { FLEETSHIFT_WRITER_TIMEOUT: '8s', FLEETSHIFT_HEARTBEAT_TIMEOUT: '1s' };

/** It ended as undisturbed, or as its abort asked, and the frozen worker has changed nothing since. */
export function expectLeftAlone({ name, image, place, abort = false }: Freeze, run: FrozenRun): void {
  for (const seen of [run.before, run.after]) {
    if (abort) expectWayBack(name, seen, 'aborted');
    else if (image === images.bad) expectWayBack(name, seen);
    else expectSuccess(name, seen);
  }
  expect(run.late).toEqual([]);
  if (place.at === 'refused') expect(run.log).toContain(`${place.operation} was not sent`);
}

export async function playFreeze(stage: Stage, freeze: Freeze): Promise<FrozenRun> {
  const { name, place, image = images.good, abort = false } = freeze;
  const crew = await stage.apart();
  const { admin } = stage.sandbox;
  const trap = await setTrap(crew, place);
  const id = await deploy(crew, serviceFile(name), image);
  const held = await trap.caught;
  crew.worker.signal('SIGSTOP');
  if (abort) await crew.temporal.client.workflow.getHandle(id).signal('abort');
  const other = await crew.startWorker();
  // The answer waits for the frozen one.
  await held.release();
  const before = await runOf(crew, name, id);
  // Nobody else has anything to write any more.
  await other.stop();
  const seen = (await admin.ledger()).length;
  crew.worker.signal('SIGCONT');
  // It stops when its attempts have come to an end.
  await crew.worker.stop(graceMs);
  const late = (await admin.ledger(seen)).filter(({ caller }) => caller === crew.caller);
  return {
    before,
    after: { ...before, ...(await standing(crew, name)) },
    late: late.map(({ operation, outcome }) => `${operation}: ${outcome}`),
    log: crew.worker.lastLines(200),
  };
}

const graceMs = 20_000;
