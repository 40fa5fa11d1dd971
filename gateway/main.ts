/** The process `fleetshift gateway`: takes deployments over HTTP and hands them to Temporal. */
import { pino, type Logger } from 'pino';
import { open, type Temporal } from '../clients/temporal/connection';
import { type GatewayConfig, readGatewayConfig } from './config';
import { deploymentsIn } from './deployments';
import { buildGateway } from './server';
import { ServiceDirectory } from './service-directory';

/** Requests in hand may take as long as a worker may take to hear and answer a rollback, and a little more. */
const stopWithinMs = 28_000;

async function main(): Promise<void> {
  const logger = pino({ name: 'fleetshift-gateway' });
  const config = readConfig();
  const services = new ServiceDirectory(config.servicesDir);
  refuseToStartOn(services.problems());
  const temporal = openTemporal();
  const app = buildGateway({
    services,
    deployments: deploymentsIn(temporal),
    webhookSecret: config.webhookSecret,
    nowMs: () => Date.now(),
    logger,
  });
  const stop = (signal: NodeJS.Signals) => void stopGateway({ close: () => app.close(), temporal, logger, signal });
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    const url = await app.listen({ host: config.host, port: config.port });
    const { address, namespace, taskQueue } = temporal.settings;
    logger.info({ url, services: services.keys(), temporal: { address, namespace, taskQueue } }, 'gateway is ready');
  } catch (error) {
    await temporal.close();
    const { host, port } = config;
    refuseToStartOn([
      `cannot listen on ${host}:${port}: ${messageOf(error)}; set FLEETSHIFT_GATEWAY_PORT to a free one`,
    ]);
  }
}

function readConfig(): GatewayConfig {
  const answer = readGatewayConfig({ env: process.env });
  if (answer.kind === 'valid') return answer.config;
  return refuseToStart(answer.problems);
}

function openTemporal(): Temporal {
  try {
    return open({ env: process.env });
  } catch (error) {
    return refuseToStart([messageOf(error)]);
  }
}

function refuseToStartOn(problems: string[]): void {
  if (problems.length > 0) refuseToStart(problems);
}

function refuseToStart(problems: string[]): never {
  process.stderr.write(`the gateway cannot start:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exit(2);
}

async function stopGateway(input: {
  close: () => Promise<void>;
  temporal: Temporal;
  logger: Logger;
  signal: NodeJS.Signals;
}): Promise<void> {
  const { close, temporal, logger, signal } = input;
  logger.info({ signal }, 'stopping: no new requests, those in hand are finished');
  setTimeout(() => process.exit(1), stopWithinMs).unref();
  await close();
  await temporal.close();
  logger.info('stopped');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main();
