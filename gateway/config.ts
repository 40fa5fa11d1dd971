/** What the gateway is told by its environment, checked once at the start. */
import { statSync } from 'node:fs';
import { minSecretCharacters } from '../clients/http/signature';

export interface GatewayConfig {
  host: string;
  /** 0 takes any free port. */
  port: number;
  servicesDir: string;
  /** Shared with those who may deploy; never logged. */
  webhookSecret: string;
}

export type ConfigAnswer = { kind: 'valid'; config: GatewayConfig } | { kind: 'invalid'; problems: string[] };

/** All mistakes at once, each a sentence that names its variable and the remedy. */
export function readGatewayConfig({ env }: { env: NodeJS.ProcessEnv }): ConfigAnswer {
  const port = readPort(env['FLEETSHIFT_GATEWAY_PORT']);
  const servicesDir = env['FLEETSHIFT_SERVICES_DIR'] ?? '';
  const webhookSecret = env['FLEETSHIFT_WEBHOOK_SECRET'] ?? '';
  const problems = [
    ...(port === null
      ? [`FLEETSHIFT_GATEWAY_PORT: expected a port from 0 to 65535, found "${env['FLEETSHIFT_GATEWAY_PORT']}"`]
      : []),
    ...directoryProblems(servicesDir),
    ...secretProblems(webhookSecret),
  ];
  if (port === null || problems.length > 0) return { kind: 'invalid', problems };
  const host = env['FLEETSHIFT_GATEWAY_HOST'] || '127.0.0.1';
  return { kind: 'valid', config: { host, port, servicesDir, webhookSecret } };
}

function readPort(text: string | undefined): number | null {
  if (text === undefined || text === '') return 8080;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port >= 0 && port <= 65_535 ? port : null;
}

function directoryProblems(path: string): string[] {
  if (path === '') {
    return [
      'FLEETSHIFT_SERVICES_DIR: is not set; name the directory that holds the service files (*.yml, *.yaml, *.json)',
    ];
  }
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isDirectory ? [] : [`FLEETSHIFT_SERVICES_DIR: expected a directory of service files, found none at "${path}"`];
}

/** Says how long the secret is at most, never what it is. */
function secretProblems(secret: string): string[] {
  const remedy = 'make one with: openssl rand -hex 32';
  if (secret === '') return [`FLEETSHIFT_WEBHOOK_SECRET: is not set; ${remedy}`];
  if (secret.length >= minSecretCharacters) return [];
  return [
    `FLEETSHIFT_WEBHOOK_SECRET: expected at least ${minSecretCharacters} characters, found ${secret.length}; ${remedy}`,
  ];
}
