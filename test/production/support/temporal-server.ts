/** The Temporal server of production, made ready by the same one-shots as in docker-compose.yml. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Child } from '../../../dev/processes/child';
import { projectRoot } from '../../../dev/project';
import { ensureTemporalCli } from '../../../dev/temporal/ensure-cli';
import { ensureServer } from '../../../dev/temporal/ensure-server';
import { run, type Postgres } from './postgres';

export interface TemporalServer {
  address: string;
  namespace: string;
  /** Runs a one-shot of deploy/temporal/ again, and answers what it printed. */
  oneShot(script: 'schema.sh' | 'namespace.sh'): string;
  stop(): Promise<void>;
}

const oneShots = join(projectRoot, 'deploy/temporal');

/** Schema, server, namespace: in the order in which docker-compose.yml lets them start. */
export async function startTemporalServer(directory: string, postgres: Postgres): Promise<TemporalServer> {
  const log = (line: string) => process.stderr.write(`[set-up] ${line}\n`);
  const cli = await ensureTemporalCli({ log });
  const { server, sqlTool } = await ensureServer({ log });
  const port = await freeServerPort();
  const address = `127.0.0.1:${port}`;
  const namespace = 'production-shape';
  const env = {
    PATH: process.env['PATH'],
    ...postgres.env,
    FLEETSHIFT_TEMPORAL_CLI: cli,
    FLEETSHIFT_TEMPORAL_SQL_TOOL: sqlTool,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_RETENTION: '48h',
    TEMPORAL_PORT: String(port),
    TEMPORAL_DYNAMIC_CONFIG: join(oneShots, 'dynamic.yaml'),
  };
  const oneShot = (script: string) => run([join(oneShots, script)], env);
  oneShot('schema.sh');
  const child = await Child.start({
    name: 'Temporal server',
    command: server,
    args: ['--root', '/', '--config', oneShots, '--env', 'server', '--allow-no-auth', 'start'],
    env,
    logPath: join(directory, 'temporal.log'),
  });
  try {
    oneShot('namespace.sh');
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { address, namespace, oneShot, stop: () => child.stop() };
}

/** One of which the neighbours are free too: deploy/temporal/server.yaml counts from it. */
async function freeServerPort(): Promise<number> {
  const used = [0, 1, 2, 6, -300, -299, -298, -294];
  for (let tries = 0; tries < 20; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(used.map((offset) => isFree(port + offset)));
    if (free.every(Boolean)) return port;
  }
  throw new Error('no eight free ports for the Temporal server in twenty tries: is something taking them all?');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
