import { Connection } from '@temporalio/client';
import { SearchAttributeType } from '@temporalio/common';
import { searchAttributes } from '../../workflows/search-attributes';
import { Child } from '../processes/child';
import { freePort } from '../processes/free-port';

export interface StartTemporalOptions {
  cliPath: string;
  /** With the web console, on a port of its own. */
  ui: boolean;
  logPath: string;
  /** Keeps all state in this file, so that a later server can go on; in memory otherwise. */
  dbFilename?: string;
  /** A free one is taken unless given. */
  port?: number;
  /** Settings of the server beside its own, such as `limit.historyCount.suggestContinueAsNew: '100'`. */
  dynamicConfig?: Record<string, string>;
}

export interface TemporalServer {
  /** For TEMPORAL_ADDRESS: `127.0.0.1:<port>`. */
  address: string;
  uiUrl?: string;
  child: Child;
  stop(): Promise<void>;
}

/**
 * Starts Temporal's development server on loopback with Fleetshift's search attributes registered, and answers when
 * its namespace can be used. The server ends with this process, however that ends.
 * @throws Error with the end of the server's log when it does not come up within a minute
 */
export async function startTemporal(options: StartTemporalOptions): Promise<TemporalServer> {
  const port = options.port ?? (await freePort());
  const uiPort = options.ui ? await freePort() : undefined;
  const child = await Child.start({
    name: 'Temporal server',
    command: options.cliPath,
    args: serverArguments({ ...options, port, uiPort }),
    env: process.env,
    logPath: options.logPath,
  });
  const address = `127.0.0.1:${port}`;
  try {
    await child.untilReady(`the namespace "default" at ${address}`, () => canDescribeNamespace(address), 60_000);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    address,
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
    child,
    stop: () => child.stop(),
  };
}

function serverArguments(
  options: Pick<StartTemporalOptions, 'dbFilename' | 'dynamicConfig'> & { port: number; uiPort: number | undefined },
): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port)],
    ...['--log-level', 'warn', '--log-format', 'pretty'],
    // The check for a newer version would be a call to the internet.
    ...Object.entries({ 'frontend.enableServerVersionCheck': 'false', ...options.dynamicConfig }).flatMap(
      ([name, value]) => ['--dynamic-config-value', `${name}=${value}`],
    ),
    ...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort), '--ui-ip', '127.0.0.1']),
    ...(options.dbFilename === undefined ? [] : ['--db-filename', options.dbFilename]),
    ...Object.values(searchAttributes).flatMap(({ name, type }) => [
      '--search-attribute',
      `${name}=${attributeTypes[type]}`,
    ]),
  ];
}

/** The command line's names of the types. */
const attributeTypes = {
  [SearchAttributeType.TEXT]: 'Text',
  [SearchAttributeType.KEYWORD]: 'Keyword',
  [SearchAttributeType.INT]: 'Int',
  [SearchAttributeType.DOUBLE]: 'Double',
  [SearchAttributeType.BOOL]: 'Bool',
  [SearchAttributeType.DATETIME]: 'Datetime',
  [SearchAttributeType.KEYWORD_LIST]: 'KeywordList',
} as const;

async function canDescribeNamespace(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } finally {
    await connection.close();
  }
}
