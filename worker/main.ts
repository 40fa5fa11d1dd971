/** `fleetshift worker`: one process that runs workflows and activities until it is told to stop. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { pino, stdSerializers } from 'pino';
import { createActivities } from '../activities';
import { createAwsSessions } from '../clients/aws/sessions';
import { connect, type Temporal } from '../clients/temporal/connection';
import { executionsOf } from '../clients/temporal/executions';
import { TemporalError } from '../clients/temporal/temporal-error';
import { payloadConverterPath, requireBundle } from './bundle';
import { checkCredentials, checkSearchAttributes } from './checks';
import { readWorkerSettings, StartError, type WorkerSettings } from './config';
import { serveHealth } from './health';
import { currentVersionAdvice, versioningOf } from './versioning';

// An error's message and stack are no properties of their own, so they would be missing in JSON.
const log = pino({ name: 'fleetshift-worker', base: null, serializers: { error: stdSerializers.err } });

function installRuntime(settings: WorkerSettings): void {
  Runtime.install({
    logger: new DefaultLogger(settings.logLevel, ({ level, message, meta }) => {
      const pinoLevel = level.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
      log[pinoLevel]({ ...meta, error: meta?.['error'] }, message);
    }),
    // The worker's own order of stopping below; the SDK must not race with it.
    shutdownSignals: [],
  });
}

interface TemporalLink {
  /** The worker's own. */
  connection: NativeConnection;
  /** For what activities ask. */
  client: Temporal;
  namespace: string;
  taskQueue: string;
}

async function connectToTemporal(): Promise<TemporalLink> {
  const client = await connect({ env: process.env });
  const { settings } = client;
  const connection = await NativeConnection.connect(settings.connectionOptions);
  return { connection, client, namespace: settings.namespace, taskQueue: settings.taskQueue };
}

async function run(): Promise<void> {
  const settings = readWorkerSettings(process.env);
  log.level = settings.logLevel.toLowerCase();
  const bundle = requireBundle();
  installRuntime(settings);
  let worker: Worker | undefined;
  const health = await serveHealth({
    host: settings.healthHost,
    port: settings.healthPort,
    state: () => ({ ready: worker?.getState() === 'RUNNING', text: worker?.getState() ?? 'STARTING' }),
  });
  const aws = createAwsSessions();
  try {
    const temporal = await connectToTemporal();
    const { connection, namespace, taskQueue } = temporal;
    await checkSearchAttributes(connection, namespace);
    const identity = await checkCredentials(aws, settings.awsRegion);
    worker = await createWorker({ settings, temporal, bundle, aws });
    const stop = (signal: NodeJS.Signals) => {
      log.info({ signal }, 'stopping: no new work is taken, running activities may finish');
      if (worker?.getState() === 'RUNNING') worker.shutdown();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    log.info({ taskQueue, namespace, identity, healthPort: health.port }, 'worker is ready');
    const running = worker.run();
    const advice = await currentVersionAdvice({ connection, namespace, settings }).catch(unknownVersion);
    if (advice !== null) log.warn(advice);
    await running;
    await connection.close();
    await temporal.client.close();
    log.info('stopped');
  } finally {
    aws.close();
    await health.close();
  }
}

/** The server may not have heard of this build yet; that keeps nobody from working. */
function unknownVersion(error: unknown): string {
  return `whether new deployments go to this build could not be asked: ${error instanceof Error ? error.message : String(error)}`;
}

/**
 * What a frozen worker has asked for it is still given, and each of those tasks waits out its time-out before another worker
 * gets it: so no more is asked for than the work needs. Yet a task queue has four partitions, and tasks in one that nobody
 * polls were seen to wait for many seconds: so no fewer than five of each kind.
 */
const polls = {
  maxConcurrentWorkflowTaskPolls: 10,
  nonStickyToStickyPollRatio: 0.5,
  maxConcurrentActivityTaskPolls: 5,
};

function createWorker(input: {
  settings: WorkerSettings;
  temporal: TemporalLink;
  bundle: string;
  aws: ReturnType<typeof createAwsSessions>;
}): Promise<Worker> {
  const { settings, bundle, aws } = input;
  const { client, ...temporal } = input.temporal;
  const timeouts = { heartbeatSeconds: settings.heartbeatTimeout, writerSeconds: settings.writerTimeout };
  return Worker.create({
    ...temporal,
    workflowBundle: { codePath: bundle },
    dataConverter: { payloadConverterPath },
    activities: createActivities({
      aws,
      temporal: executionsOf(client),
      timeouts,
      ...(settings.notifySecret === undefined ? {} : { notifySecret: settings.notifySecret }),
    }),
    maxConcurrentActivityTaskExecutions: settings.activitySlots,
    maxConcurrentWorkflowTaskExecutions: settings.workflowTaskSlots,
    ...polls,
    maxCachedWorkflows: settings.cachedWorkflows,
    ...versioningOf(settings),
    shutdownGraceTime: settings.shutdownGrace * 1000,
    // A dead worker's cached workflows are given to another one as soon as its activities are.
    stickyQueueScheduleToStartTimeout: Math.min(10, settings.heartbeatTimeout) * 1000,
  });
}

run().catch((error: unknown) => {
  const readable = error instanceof StartError || error instanceof TemporalError;
  const text = readable ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`fleetshift worker: ${text}\n`);
  process.exitCode = readable ? 2 : 1;
});
