/**
 * Sends requests at a fixed rate, whatever the answers do.
 *
 * Not autocannon: it sends each second's requests in one burst, and a connection that the server closes in the middle
 * of an answer is opened anew without counting the lost request, which is the very failure looked for here.
 */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestEnd } from './counts';

export interface SteadyRequestsOptions {
  url: string;
  requestsPerSecond: number;
  onEnd: (end: RequestEnd) => void;
}

const answerTimeoutMs = 10_000;
/** After a stall of the machine, at most this much of the missed requests is made up for at once. */
const catchUpMs = 200;

/** Runs until the signal aborts, then waits for the answers still out. */
export async function sendSteadily(options: SteadyRequestsOptions, signal: AbortSignal): Promise<void> {
  // First in, first out keeps every connection in use, so that none idles until the server closes it. Few of them, for Node
  // accepts one connection per turn of its event loop: a sandbox on a busy machine would not get to those that are opened
  // while it does not answer, and what waits for a connection here is only late.
  const agent = new Agent({ keepAlive: true, scheduling: 'fifo', maxSockets: 16 });
  const intervalMs = 1000 / options.requestsPerSecond;
  const running = new Set<Promise<void>>();
  let nextAtMs = performance.now();
  while (!signal.aborted) {
    const nowMs = performance.now();
    nextAtMs = Math.max(nextAtMs, nowMs - catchUpMs);
    for (; nextAtMs <= nowMs; nextAtMs += intervalMs) {
      const request = sendOne(options.url, agent).then(options.onEnd);
      running.add(request);
      void request.finally(() => running.delete(request));
    }
    await sleep(Math.max(1, nextAtMs - performance.now()));
  }
  await Promise.all(running);
  agent.destroy();
}

/** Never rejects: a request that fails has an end like any other. */
function sendOne(url: string, agent: Agent): Promise<RequestEnd> {
  return new Promise((resolve) => {
    const request = get(url, { agent, timeout: answerTimeoutMs }, (response) => {
      const version = [response.headers['x-version']].flat()[0] ?? 'none';
      response.once('error', (error) => resolve({ version, failure: `broken answer: ${error.message}` }));
      response.once('end', () => {
        const status = response.statusCode ?? 0;
        resolve(status >= 500 ? { version, failure: `status ${status} from ${version}` } : { version });
      });
      response.resume();
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${answerTimeoutMs / 1000} s`)));
    request.once('error', (error) => resolve({ version: 'none', failure: error.message }));
  });
}
