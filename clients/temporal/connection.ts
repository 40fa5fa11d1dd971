/** One connection to Temporal, shared by everything that a process asks of it. */
import { Client, Connection } from '@temporalio/client';
import { readTemporalSettings, type TemporalSettings } from './settings';
import { TemporalError, asTemporalError, isGrpcNotFound, namespaceMissing } from './temporal-error';

export interface Temporal {
  client: Client;
  settings: TemporalSettings;
  close(): Promise<void>;
}

export interface ConnectOptions {
  env: NodeJS.ProcessEnv;
  /** How long a server may take to answer at all; 5 s unless told. */
  connectWithinMs?: number;
}

/**
 * Connects, and makes sure that the server and the namespace are there.
 * @throws TemporalError `bad-settings`, `unreachable`, `refused` or `no-answer`
 */
export async function connect({ env, connectWithinMs = 5_000 }: ConnectOptions): Promise<Temporal> {
  const temporal = open({ env, connectWithinMs });
  try {
    await ensureConnected(temporal, connectWithinMs);
    await ensureNamespace(temporal, connectWithinMs);
    return temporal;
  } catch (error) {
    await temporal.close();
    throw error;
  }
}

/**
 * Answers at once; the server is looked for when it is first asked, and looked for again after each outage. For
 * processes that should come up before Temporal does.
 * @throws TemporalError `bad-settings`
 */
export function open({ env, connectWithinMs = 5_000 }: ConnectOptions): Temporal {
  const settings = readTemporalSettings({ env });
  try {
    const connection = Connection.lazy({ ...settings.connectionOptions, connectTimeout: connectWithinMs });
    return {
      client: new Client({ connection, namespace: settings.namespace }),
      settings,
      close: () => connection.close(),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new TemporalError(
      'bad-settings',
      `the settings for Temporal at "${settings.address}" cannot be used: ${text}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Asks Temporal within a limit.
 * @param doing completes "while …" in the error
 * @throws TemporalError, unless `ask` threw one of the SDK's errors named in `pass`
 */
export async function ask<T>(input: {
  temporal: Temporal;
  doing: string;
  withinMs: number;
  ask: () => Promise<T>;
  pass?: (error: unknown) => boolean;
}): Promise<T> {
  const { temporal, doing, withinMs, pass } = input;
  try {
    return await temporal.client.connection.withDeadline(Date.now() + withinMs, input.ask);
  } catch (error) {
    if (pass?.(error) === true) throw error;
    throw asTemporalError({ error, doing, settings: temporal.settings });
  }
}

async function ensureConnected({ client, settings }: Temporal, withinMs: number): Promise<void> {
  try {
    await client.connection.ensureConnected();
  } catch (error) {
    const known = asTemporalError({ error, doing: 'connecting', settings });
    if (known.code === 'refused') throw known;
    // The SDK says only that it waited; a wrong address, a missing server and a TLS mismatch all look like this.
    throw new TemporalError(
      'unreachable',
      `cannot reach Temporal at ${settings.address} within ${withinMs / 1000} s. ` +
        'Is the server running, and are TEMPORAL_ADDRESS and the TLS settings right?',
      { cause: error },
    );
  }
}

async function ensureNamespace(temporal: Temporal, withinMs: number): Promise<void> {
  const { client, settings } = temporal;
  try {
    await ask({
      temporal,
      doing: 'connecting',
      withinMs,
      ask: () => client.workflowService.describeNamespace({ namespace: settings.namespace }),
      pass: isGrpcNotFound,
    });
  } catch (error) {
    throw isGrpcNotFound(error) ? namespaceMissing(settings) : error;
  }
}
