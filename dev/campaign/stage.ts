/** Everything that the runs of a campaign share: Temporal's development server, a virtual sandbox, and two workers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Temporal } from '../../clients/temporal/connection';
import { startSandbox, type Sandbox } from '../../sandbox/start';
import { environmentWithout } from '../stack/stack';
import { ensureTemporalCli } from '../temporal/ensure-cli';
import { startTemporal } from '../temporal/start-temporal';
import { writerTimeoutMs } from './late';
import { LedgerFeed } from './ledger-feed';
import { Outsider } from './outsider';
import { callers } from '../ledger/facts';
import { region, sharedWorld } from './service';
import { Workers } from './workers';

export interface Stage {
  sandbox: Sandbox;
  temporal: Temporal;
  workers: Workers;
  outsider: Outsider;
  feed: LedgerFeed;
  /** Each process writes its log here. */
  directory: string;
  stop(): Promise<void>;
}

export async function openStage(log: (line: string) => void): Promise<Stage> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const cliPath = await ensureTemporalCli({ log });
  const directory = await mkdtemp(join(tmpdir(), 'fleetshift-campaign-'));
  const server = await startTemporal({ cliPath, ui: false, logPath: join(directory, 'temporal.log') });
  const sandbox = await startSandbox({
    dataPlane: 'virtual',
    world: sharedWorld(),
    speed: 20,
    metricResolutionSeconds: 1,
    metricLagSeconds: 1,
    propagationLagSeconds: 10,
  });
  const env = {
    ...environmentWithout(/^(AWS_|TEMPORAL_|FLEETSHIFT_)/),
    ...workerSettings(server.address, sandbox.url),
  };
  const workers = new Workers(env, directory);
  const temporal = await connect({ env });
  await workers.start();
  const feed = new LedgerFeed(sandbox.admin);
  return {
    ...{ sandbox, temporal, workers, feed, directory },
    outsider: new Outsider(sandbox.url),
    stop: async () => {
      await feed.stop();
      await workers.stop();
      await temporal.close();
      await sandbox.close();
      await server.stop();
    },
  };
}

export function removeLogs({ directory }: Stage): Promise<void> {
  return rm(directory, { recursive: true, force: true });
}

function workerSettings(temporalAddress: string, sandboxUrl: string): NodeJS.ProcessEnv {
  return {
    TEMPORAL_ADDRESS: temporalAddress,
    FLEETSHIFT_TASK_QUEUE: 'campaign',
    FLEETSHIFT_HEARTBEAT_TIMEOUT: '3s',
    FLEETSHIFT_WRITER_TIMEOUT: `${writerTimeoutMs}ms`,
    FLEETSHIFT_LOG_LEVEL: 'WARN',
    AWS_ENDPOINT_URL: sandboxUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: callers.fleetshift,
    AWS_SECRET_ACCESS_KEY: callers.fleetshift,
  };
}
