/** A worker with the stub workflows on the tests' own Temporal server, and what a test needs around it. */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { LiveReport, SubmitInput } from '../../../domain/deployment';
import { parseServiceFile, type ServiceConfig } from '../../../domain/service-file';

export const reported: LiveReport = {
  newHealthy: 2,
  judge: {
    ...{ rows: 4, newRequests: 100, newErrors: 3, oldRequests: 900, oldErrors: 9 },
    ...{ logEvidence: 1.5, neededLogEvidence: Math.log(100), lastPeriodEndMs: null },
  },
  text: 'waiting for requests',
};

const activities = {
  /** Reports what a watcher reports, until it is cancelled. */
  async watch(): Promise<void> {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(reported), 100);
    context.heartbeat(reported);
    await context.cancelled.finally(() => clearInterval(beat));
  },
};
export type StubActivities = typeof activities;

export function testTemporalAddress(): string {
  const address = process.env['FLEETSHIFT_TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) throw new Error('no Temporal server: run this test with the global set-up');
  return address;
}

/** An environment for one test: the tests' server and a task queue that nobody else polls. */
export function testEnv(): NodeJS.ProcessEnv & { FLEETSHIFT_TASK_QUEUE: string } {
  return {
    TEMPORAL_ADDRESS: testTemporalAddress(),
    // No file of the person who runs the tests.
    TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
    FLEETSHIFT_TASK_QUEUE: `test-${randomUUID()}`,
  };
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

export async function startStubWorker(taskQueue: string): Promise<{ stop(): Promise<void> }> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: require.resolve('./stub-workflows'),
    logger: new DefaultLogger('WARN'),
  });
  const connection = await NativeConnection.connect({ address: testTemporalAddress() });
  const worker = await Worker.create({ connection, taskQueue, activities, workflowBundle: await bundle });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

export function uniqueServiceName(): string {
  return `web-${randomUUID().slice(0, 8)}`;
}

export function serviceNamed(name: string): ServiceConfig {
  const answer = parseServiceFile({ service: name, region: 'eu-west-1', source: { group: `${name}-v1` } });
  if (answer.kind === 'invalid')
    throw new Error(`the test's service file is invalid: ${JSON.stringify(answer.problems)}`);
  return answer.service;
}

export function submitInput(change: Partial<SubmitInput> & { image?: string } = {}): SubmitInput {
  const { image = 'ami-stay', ...rest } = change;
  return {
    service: serviceNamed(uniqueServiceName()),
    revision: { imageId: image },
    ...{ idempotencyKey: randomUUID(), requestedBy: 'tester', reason: 'a test', commit: 'abc123', hotfix: false },
    ...rest,
  };
}
