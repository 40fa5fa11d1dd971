/** One deployment of the demo: asked for by webhook, followed until its result, measured by the load generator. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentProgress, DeploymentResult } from '../../domain/deployment';
import type { GatewayClient } from '../gateway-client';
import { countsBetween } from '../load/counts';
import type { Load } from '../load/load';
import { FirstFailure, type MetricsReader } from './first-failure';
import type { DeploymentReport } from './report';
import type { Screen } from './screen';
import { statusLine } from './status-line';

export interface DemoWorld {
  gateway: GatewayClient;
  load: Load;
  metrics: MetricsReader;
  screen: Screen;
}

export interface DeploymentTask {
  service: string;
  image: string;
  reason: string;
  /** Called with everything that is seen; awaited, so that it may interfere. */
  onProgress?: (progress: DeploymentProgress) => Promise<void>;
}

/** The sandbox's example service. */
const service = 'web';
const lookEveryMs = 300;
/** Far beyond what the service file of the demo allows: whatever has not ended by then is stuck. */
const deadlineMs = 180_000;

/**
 * First the version that is good, then the one that fails 8 % of its requests.
 * @param onBadProgress may interfere with the second one
 */
export async function runBoth(
  world: DemoWorld,
  onBadProgress?: (progress: DeploymentProgress) => Promise<void>,
): Promise<{ good: DeploymentReport; bad: DeploymentReport }> {
  const good = await runDeployment(world, { service, image: 'ami-web-v2', reason: 'demo: a good version' });
  const bad = await runDeployment(world, {
    ...{ service, image: 'ami-web-v3-bad', reason: 'demo: a version that fails 8 % of its requests' },
    ...(onBadProgress === undefined ? {} : { onProgress: onBadProgress }),
  });
  return { good, bad };
}

/** @throws Error when the gateway refuses the deployment or it has no result within three minutes */
export async function runDeployment(world: DemoWorld, task: DeploymentTask): Promise<DeploymentReport> {
  const { gateway, load, metrics, screen } = world;
  const before = await load.snapshot();
  const startedAtMs = Date.now();
  const failure = await FirstFailure.watch(metrics, startedAtMs);
  const id = await gateway.deploy(task.service, {
    ...{ image: task.image, by: 'demo', reason: task.reason, idempotencyKey: randomUUID() },
  });
  screen.event(`${task.image}: accepted as ${id}`);

  const result = await follow(world, { ...task, id, startedAtMs }, async () => {
    await failure.look();
    return countsBetween(before, await load.snapshot());
  });
  const counts = countsBetween(before, await load.snapshot());
  return {
    service: task.service,
    revision: task.image,
    outcome: result.outcome,
    reason: result.reason,
    seconds: (Date.now() - startedAtMs) / 1000,
    counts,
    safeAfterSeconds: secondsBetween(await failure.look(), result.trafficRestoredAtMs),
  };
}

async function follow(
  { gateway, screen }: DemoWorld,
  { id, startedAtMs, onProgress }: DeploymentTask & { id: string; startedAtMs: number },
  measure: () => Promise<ReturnType<typeof countsBetween>>,
): Promise<DeploymentResult> {
  const events = new EventPrinter(screen);
  let lastError = 'none';
  while (Date.now() - startedAtMs < deadlineMs) {
    const counts = await measure();
    const progress = await gateway.progress(id).catch((error: unknown) => {
      // While no worker lives nobody answers queries; that is part of the show.
      lastError = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    screen.status(progress === undefined ? `no answer about ${id}: ${lastError}` : statusLine(progress, counts));
    if (progress !== undefined) {
      events.print(progress);
      if (progress.result !== null) return progress.result;
      await onProgress?.(progress);
    }
    await sleep(lookEveryMs);
  }
  throw new Error(`${id} has no result after ${deadlineMs / 1000} s; last error while asking: ${lastError}`);
}

/** Prints what is new since the last look. */
class EventPrinter {
  private readonly printed = new Set<string>();

  constructor(private readonly screen: Screen) {}

  print({ revision, notices }: DeploymentProgress): void {
    for (const { atMs, text } of notices) {
      const key = `${atMs} ${text}`;
      if (!this.printed.has(key)) this.screen.event(`${revision.imageId}: ${text}`);
      this.printed.add(key);
    }
  }
}

function secondsBetween(fromMs: number | null, toMs: number | null): number | null {
  return fromMs === null || toMs === null ? null : (toMs - fromMs) / 1000;
}
