/**
 * Two deployments on this machine, under load, in less than two minutes: a good version that goes live without one
 * failed request, and one that fails 8 % of its requests and is rolled back, although its worker is killed on the way.
 *
 * `--json` prints one object on standard output; everything for people goes to standard error then.
 */
import { parseArgs } from 'node:util';
import type { DeploymentProgress } from '../domain/deployment';
import { brokenPromises, toJson, toTable, type DemoReport } from './demo/report';
import { runBoth, type DemoWorld } from './demo/run-deployment';
import { createScreen, type Screen } from './demo/screen';
import { createGatewayClient } from './gateway-client';
import { stackSettings } from './stack/settings';
import { startStack, type Stack } from './stack/stack';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const output = values.json ? process.stderr : process.stdout;
  const screen = createScreen({ output });
  const stack = await startStack((line) => screen.event(line));
  endOnInterrupt(stack);
  let report: DemoReport;
  try {
    report = await deployBoth(stack, screen);
  } catch (error) {
    screen.close();
    output.write(`${stack.lastLogLines()}\n`);
    throw error;
  } finally {
    screen.close();
    await stack.stop();
  }
  output.write(`\n${toTable(report)}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(toJson(report))}\n`);
  const broken = brokenPromises(report);
  if (broken.length > 0) throw new Error(`${broken.join('\n')}\nThe logs are in ${stack.directory}`);
  await stack.removeLogs();
}

async function deployBoth(stack: Stack, screen: Screen): Promise<DemoReport> {
  const world: DemoWorld = {
    gateway: createGatewayClient({ url: stack.gatewayUrl, secret: stack.webhookSecret }),
    load: stack.load,
    metrics: {
      balancers: stack.sandbox.balancers,
      metrics: stack.sandbox.metrics,
      periodSeconds: stackSettings.metricResolutionSeconds,
      lagSeconds: stackSettings.metricLagSeconds,
    },
    screen,
  };
  const killer = new WorkerKiller(stack, screen);
  const reports = await runBoth(world, (progress) => killer.look(progress));
  return { ...reports, workerKilled: killer.done };
}

/** Kills the worker once, when users already meet the new version, and starts another. */
class WorkerKiller {
  done = false;

  constructor(
    private readonly stack: Stack,
    private readonly screen: Screen,
  ) {}

  async look({ phase, split }: DeploymentProgress): Promise<void> {
    if (this.done || phase !== 'shift' || (split?.newPercent ?? 0) === 0) return;
    this.done = true;
    const pid = await this.stack.killWorker();
    this.screen.event(`killed the worker (pid ${pid}) with SIGKILL in the middle of the shift`);
    await this.stack.startWorker();
    this.screen.event('started another worker');
  }
}

function endOnInterrupt(stack: Stack): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write(`\n${signal}: ending everything; the logs stay in ${stack.directory}\n`);
      void stack.stop().finally(() => process.exit(130));
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
