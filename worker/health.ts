/** `GET /healthz`: 200 while the worker polls, 503 while it starts or stops. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './config';

export interface HealthEndpoint {
  port: number;
  close(): Promise<void>;
}

export async function serveHealth(input: {
  host: string;
  port: number;
  state: () => { ready: boolean; text: string };
}): Promise<HealthEndpoint> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    const { ready, text } = input.state();
    response
      .writeHead(ready ? 200 : 503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ready, state: text }));
  });
  await listen(server, input);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new StartError(
          `the health endpoint cannot listen on ${host}:${port}: ${error.message}; set FLEETSHIFT_HEALTH_PORT`,
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}
