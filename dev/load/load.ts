import { once } from 'node:events';
import { Child } from '../processes/child';
import { compiled } from '../project';
import type { LoadCounts } from './counts';

export interface LoadOptions {
  url: string;
  /** 150 unless told. */
  requestsPerSecond?: number;
  logPath: string;
}

/** A running load generator; in a process of its own, so that nothing done here slows it. */
export interface Load {
  /** What it has seen since its start. */
  snapshot(): Promise<LoadCounts>;
  /** Lets the requests that are out come to their ends; answers the final counts. */
  stop(): Promise<LoadCounts>;
  child: Child;
}

/** What the generator understands. */
export type LoadRequest = 'counts' | 'stop';

/** Starts steady load on keep-alive connections. */
export async function startLoad({ url, requestsPerSecond = 150, logPath }: LoadOptions): Promise<Load> {
  const child = await Child.start({
    name: 'load generator',
    command: process.execPath,
    args: [compiled('dev/load/load-main.js'), url, String(requestsPerSecond)],
    env: process.env,
    logPath,
    messages: true,
  });
  // One question at a time: answers carry no question, they are simply the newest counts.
  let last: Promise<unknown> = Promise.resolve();
  const ask = (request: LoadRequest): Promise<LoadCounts> => {
    const answer = last.then(() => askOnce(child, request));
    last = answer.catch(() => undefined);
    return answer;
  };
  return {
    child,
    snapshot: () => ask('counts'),
    stop: async () => {
      const counts = await ask('stop');
      await child.stop();
      return counts;
    },
  };
}

/** @throws Error with the end of the generator's log when it is gone */
async function askOnce(child: Child, request: LoadRequest): Promise<LoadCounts> {
  const gone = child.ended.then((ending) => {
    throw new Error(`the load generator ended with ${ending}; its log says:\n${child.lastLines(20)}`);
  });
  const answered = once(child.process, 'message') as Promise<[LoadCounts]>;
  if (child.ending === undefined) child.process.send(request);
  const [counts] = await Promise.race([answered, gone]);
  return counts;
}
