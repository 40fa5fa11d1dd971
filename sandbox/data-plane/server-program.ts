/**
 * The program of a sandbox server, run as a process of its own. Small, with node built-ins only, so that it starts
 * fast. It lives no longer than the sandbox: the channel to its parent breaks whatever ends the parent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ServerOrder } from './servers/server-order';

/** Longer than the balancer keeps idle connections, so that the balancer closes first. */
const keepAliveMs = 75_000;

const order = JSON.parse(process.argv[2] ?? '{}') as ServerOrder;
const { program, instanceId, address } = order;
let stopping = false;

const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
  response.on('close', () => {
    // A connection that was busy when the stop came is idle only after this turn of the event loop.
    if (stopping) setImmediate(() => server.closeIdleConnections());
  });
  handle(request, response);
});

server.on('error', (error) => {
  const where = `${address}:${program.port}`;
  process.stderr.write(`sandbox server ${instanceId} cannot listen on ${where}: ${error.message}\n`);
  process.exit(1);
});

function handle(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '/';
  if (url === program.healthPath) {
    answer(response, program.healthStatus);
    return;
  }
  if (Math.random() < program.brokenRate) {
    response.socket?.end('this is not HTTP\r\n\r\n');
    return;
  }
  const status = Math.random() < program.errorRate ? 500 : 200;
  const delayMs = program.latencyMs + extraDelayMs(url);
  if (delayMs > 0) setTimeout(() => answer(response, status), delayMs);
  else answer(response, status);
}

/** `/slow?ms=N` takes N ms longer, for whoever wants a request in flight. */
function extraDelayMs(url: string): number {
  return Number(/^\/slow\?ms=(\d+)/.exec(url)?.[1] ?? 0);
}

function answer(response: ServerResponse, status: number): void {
  const body = JSON.stringify({ version: program.version, instanceId });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-version': program.version,
    ...(stopping ? { connection: 'close' } : {}),
  });
  response.end(body);
}

function stop(): void {
  stopping = true;
  if (!server.listening) process.exit(0);
  server.close(() => process.exit(0));
}

process.on('SIGTERM', stop);
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);
setTimeout(() => server.listen(program.port, address), Math.max(0, order.listenAtMs - Date.now()));
