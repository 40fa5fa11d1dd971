/** Where Temporal is and how to get in: the environment and the profiles that `temporal` itself reads. */
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { TemporalError } from './temporal-error';

export interface TemporalSettings {
  /** `host:port`. */
  address: string;
  namespace: string;
  /** The queue that Fleetshift's workers poll. */
  taskQueue: string;
  /** For `Connection` and `NativeConnection` alike; may hold an API key or a certificate, so never log it. */
  connectionOptions: ClientConnectConfig['connectionOptions'];
}

const defaultAddress = '127.0.0.1:7233';
const defaultNamespace = 'default';
const defaultTaskQueue = 'fleetshift';

/**
 * Reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…, TEMPORAL_PROFILE and the configuration
 * file of the `temporal` command line, and FLEETSHIFT_TASK_QUEUE.
 * @throws TemporalError `bad-settings` when the file, the profile or a certificate cannot be read
 */
export function readTemporalSettings({ env }: { env: NodeJS.ProcessEnv }): TemporalSettings {
  const { connectionOptions, namespace } = loadProfile(env);
  const address = connectionOptions.address ?? defaultAddress;
  return {
    address,
    namespace: namespace ?? defaultNamespace,
    taskQueue: nonEmpty(env['FLEETSHIFT_TASK_QUEUE']) ?? defaultTaskQueue,
    connectionOptions: { ...connectionOptions, address },
  };
}

function loadProfile(env: NodeJS.ProcessEnv): ClientConnectConfig {
  try {
    return loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
  } catch (error) {
    throw new TemporalError(
      'bad-settings',
      `cannot read the settings for Temporal: ${loadErrorText(error)}. ` +
        'Check TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE and the TEMPORAL_TLS… variables.',
      { cause: error },
    );
  }
}

function loadErrorText(error: unknown): string {
  // The library looks for a profile in a table that a file without profiles does not have.
  if (error instanceof TypeError) return 'the configuration file has no section [profile.default]';
  return error instanceof Error ? error.message : String(error);
}

/**
 * An empty variable is one that somebody meant to leave out, as in `TEMPORAL_ADDRESS= fleetshift …`; only for request
 * headers does an empty value mean something to the library: it takes the profile's header away.
 */
function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (entry[1] !== '' || entry[0].startsWith('TEMPORAL_GRPC_META_')),
    ),
  );
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
