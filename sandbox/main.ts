import { Command, InvalidArgumentError } from 'commander';
import { startSandbox, WorldError, type Sandbox } from './start';
import { parseDurationSeconds } from './world/duration';

interface CommandLine {
  port: number;
  world?: string;
  speed: number;
  metricResolution: number;
  metricLag: number;
  propagationLag: number;
  virtual: boolean;
}

/** Wrong port, wrong world: the command line has to change. */
const badUsage = 2;

const program = new Command('sandbox')
  .description('An embedded local cloud: EC2 Auto Scaling, load balancing, CloudWatch and real servers on loopback')
  .option('--port <number>', 'port of the API on 127.0.0.1; 0 is any free one', parsePort, 4566)
  .option('--world <file>', 'world file (YAML); default: one service "web" with three servers')
  .option('--speed <number>', 'divides boot, health check, draining and propagation times', parseSpeed, 1)
  .option('--metric-resolution <duration>', 'length of one period of balancer metrics', parseDuration, 1)
  .option('--metric-lag <duration>', 'until a closed period is published', parseDuration, 2)
  .option('--propagation-lag <duration>', 'until a balancer applies changed rules', parseDuration, 1)
  .option('--virtual', 'without server processes and ports: traffic is drawn, not received', false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : badUsage));

void run(program.parse().opts<CommandLine>());

async function run(line: CommandLine): Promise<void> {
  try {
    const sandbox = await startSandbox({
      port: line.port,
      speed: line.speed,
      metricResolutionSeconds: line.metricResolution,
      metricLagSeconds: line.metricLag,
      propagationLagSeconds: line.propagationLag,
      dataPlane: line.virtual ? 'virtual' : 'real',
      ...(line.world === undefined ? {} : { world: line.world }),
    });
    await announce(sandbox, line);
    endOnSignal(sandbox);
  } catch (error) {
    process.stderr.write(`${explain(error, line)}\n`);
    process.exit(badUsage);
  }
}

async function announce(sandbox: Sandbox, line: CommandLine): Promise<void> {
  const listeners = await sandbox.admin.listeners();
  const lines = [
    `export AWS_ENDPOINT_URL=${sandbox.url}`,
    `export AWS_REGION=${sandbox.region}`,
    'export AWS_ACCESS_KEY_ID=sandbox',
    'export AWS_SECRET_ACCESS_KEY=sandbox',
    ...(line.virtual
      ? [`# ${listeners.length} virtual listeners: nothing answers on their ports`]
      : listeners.map((listener) => `# balancer ${listener.balancer}: ${listener.url}`)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function endOnSignal(sandbox: Sandbox): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
  }
}

function explain(error: unknown, line: CommandLine): string {
  if (error instanceof WorldError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `port ${line.port} on 127.0.0.1 is in use: stop what listens there, or choose another with --port`;
  }
  return `the sandbox could not start: ${error instanceof Error ? error.message : String(error)}`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('expected a number from 0 to 65535');
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new InvalidArgumentError('expected a number greater than 0');
}

function parseDuration(text: string): number {
  const seconds = parseDurationSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError('expected a duration such as 500ms, 1s or 1m');
}
