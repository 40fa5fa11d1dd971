/** One deployment whose workers are killed at chosen places. */
import { deploy, serviceFile } from './deployments';
import { failedRequests, runOf, type Run } from './endings';
import { setTrap, type Caught, type Place } from './places';
import type { Stage } from './stage';
import { workerAtWork } from './workers';
import { images } from './world';

export interface Deaths {
  /** Name of the service. */
  name: string;
  /** One death after the other. */
  places: readonly Place[];
  image?: string;
  /** A second worker is there from the beginning; otherwise the dead one is replaced. */
  standby?: boolean;
}

/** @returns with the number of requests that failed meanwhile */
export async function playDeaths(stage: Stage, deaths: Deaths): Promise<Run & { failed: number }> {
  const { name, places, image = images.good, standby = false } = deaths;
  const crew = await stage.apart();
  const failedBefore = await failedRequests(crew, name);
  const workers = [crew.worker, ...(standby ? [await crew.startWorker()] : [])];
  const held: Caught[] = [];
  const [first, ...later] = places;
  let trap = first && (await setTrap(crew, first));
  const id = await deploy(crew, serviceFile(name), image);
  while (trap) {
    held.push(await trap.caught);
    const worker = standby ? await workerAtWork(crew, id, workers) : workers.at(-1);
    worker?.signal('SIGKILL');
    await worker?.ended;
    const next = later.shift();
    trap = next && (await setTrap(crew, next));
    if (!standby) workers.push(await crew.startWorker());
  }
  const run = await runOf(crew, name, id);
  const failed = (await failedRequests(crew, name)) - failedBefore;
  // Nobody waits for them any more; an answer to the dead is for the sandbox to get rid of.
  for (const one of held) await one.release();
  return { ...run, failed };
}
