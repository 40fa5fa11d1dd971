import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, countsBetween, noCounts, type LoadCounts } from '../../dev/load/counts';
import { startLoad, type Load } from '../../dev/load/load';
import { waitUntil } from '../support/wait-until';

let directory: string;
let server: Server | undefined;
let load: Load | undefined;

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'fleetshift-load-'))));
afterEach(async () => {
  await load?.child.stop(0);
  load = undefined;
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function startLoadOn(listener: RequestListener): Promise<Load> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  load = await startLoad({
    url: `http://127.0.0.1:${port}/`,
    requestsPerSecond: 200,
    logPath: join(directory, 'load.log'),
  });
  return load;
}

function reasonsOf({ failures }: LoadCounts): string[] {
  return [...new Set(failures.map(({ reason }) => reason))];
}

test('what the server answered is what the generator counts, by version, down to the last request', async () => {
  const served: Record<string, number> = { good: 0, bad: 0 };
  let requests = 0;
  const running = await startLoadOn((_request, response) => {
    const version = ++requests % 4 === 0 ? 'bad' : 'good';
    served[version] = (served[version] ?? 0) + 1;
    response.writeHead(version === 'bad' ? 503 : 200, { 'x-version': version }).end('answer');
  });
  await waitUntil('some requests', () => running.snapshot(), { until: (counts) => counts.requests >= 20 });
  const counts = await running.stop();
  expect(counts).toMatchObject({
    requests,
    failedRequests: served['bad'],
    byVersion: {
      good: { requests: served['good'], failedRequests: 0 },
      bad: { requests: served['bad'], failedRequests: served['bad'] },
    },
  });
  expect(reasonsOf(counts)).toEqual(['status 503 from bad']);
});

test('a connection closed in the middle of an answer is a failed request', async () => {
  const running = await startLoadOn((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setImmediate(() => request.socket.destroy());
  });
  const counts = await waitUntil('failures', () => running.snapshot(), { until: (seen) => seen.requests >= 5 });
  expect(counts.failedRequests).toBe(counts.requests);
  expect(reasonsOf(counts)).toEqual([expect.stringContaining('broken answer')]);
});

test('a connection closed before the answer is a failed request', async () => {
  const running = await startLoadOn((request) => request.socket.destroy());
  const counts = await waitUntil('failures', () => running.snapshot(), { until: (seen) => seen.requests >= 5 });
  expect(counts).toMatchObject({ failedRequests: counts.requests, byVersion: { none: { requests: counts.requests } } });
  expect(reasonsOf(counts)).toEqual(['socket hang up']);
});

test('connections are kept for many requests', async () => {
  const connections = new Set<unknown>();
  let requests = 0;
  const running = await startLoadOn((request, response) => {
    requests += 1;
    connections.add(request.socket);
    response.end();
  });
  await waitUntil('many requests', () => running.snapshot(), { until: (counts) => counts.requests >= 100 });
  expect(connections.size).toBeLessThan(requests / 2);
});

test('a generator that is gone is an error, not a number', async () => {
  const running = await startLoadOn((_request, response) => response.end());
  await running.child.stop(0);
  await expect(running.snapshot()).rejects.toThrow('the load generator ended with signal');
});

test('failures are told by reason and second, the newest hundred', () => {
  const counts = noCounts();
  const startMs = Date.parse('2026-11-21T18:12:03Z');
  count(counts, { version: 'v1' }, startMs);
  expect(counts.failures).toEqual([]);
  count(counts, { version: 'none', failure: 'status 503 from none' }, startMs + 1);
  count(counts, { version: 'none', failure: 'socket hang up' }, startMs + 2);
  count(counts, { version: 'none', failure: 'status 503 from none' }, startMs + 999);
  count(counts, { version: 'none', failure: 'status 503 from none' }, startMs + 1000);
  expect(counts.failures).toEqual([
    { at: '2026-11-21T18:12:03Z', reason: 'status 503 from none', count: 2 },
    { at: '2026-11-21T18:12:03Z', reason: 'socket hang up', count: 1 },
    { at: '2026-11-21T18:12:04Z', reason: 'status 503 from none', count: 1 },
  ]);
  for (let second = 2; second < 200; second += 1)
    count(counts, { version: 'none', failure: 'status 503 from none' }, startMs + second * 1000);
  expect(counts.failures).toHaveLength(100);
  expect(counts).toMatchObject({ requests: 203, failedRequests: 202 });
});

test('the counts between two looks leave out what came before', () => {
  const longAgo = { at: '2026-11-21T18:12:03Z', reason: 'socket hang up', count: 1 };
  const midway = { at: '2026-11-21T18:12:04Z', reason: 'socket hang up', count: 2 };
  const before = {
    requests: 10,
    failedRequests: 3,
    byVersion: { a: { requests: 10, failedRequests: 3 } },
    failures: [longAgo, midway],
  };
  const after = {
    requests: 25,
    failedRequests: 4,
    byVersion: { a: { requests: 12, failedRequests: 4 }, b: { requests: 13, failedRequests: 0 } },
    failures: [longAgo, { ...midway, count: 3 }],
  };
  expect(countsBetween(before, after)).toEqual({
    requests: 15,
    failedRequests: 1,
    byVersion: { a: { requests: 2, failedRequests: 1 }, b: { requests: 13, failedRequests: 0 } },
    failures: [{ ...midway, count: 1 }],
  });
});
