/** The command line: which commands and flags there are. */
import { Command, InvalidArgumentError } from 'commander';
import { type Verb, verbs } from '../domain/control';
import type { CommandContext } from './commands/context';
import { control, type ControlOptions } from './commands/control';
import { deploy, type DeployOptions } from './commands/deploy';
import { list } from './commands/list';
import { recover, type RecoverOptions } from './commands/recover';
import { runMain } from './commands/run-main';
import { status } from './commands/status';

const about = `Deploys new versions to fleets on EC2 Auto Scaling groups.

Temporal is found by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the profiles of the temporal command line;
FLEETSHIFT_TASK_QUEUE names the queue of the workers (fleetshift).`;

const exitCodeHelp = `
Exit codes:
  0  succeeded (deploy without --wait, and all other requests: taken, or so already)
  1  rolled back or aborted
  2  refused, and nothing was changed: bad input, service busy, unknown id, a verb that does not fit the phase,
     Temporal out of reach
  3  needs attention: the report lists what to repair; of a rollback: heard, and not known yet whether it is taken`;

/** @param done is called once with the exit code of the command that ran */
export function buildProgram(input: { context: CommandContext; done: (exitCode: number) => void }): Command {
  const { context, done } = input;
  const { io } = context;
  const program = new Command('fleetshift')
    .description(about)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'fleetshift: ')),
    })
    .showHelpAfterError('(fleetshift --help shows the commands)')
    .addHelpText('after', exitCodeHelp);
  addDeploy(program, context, done);
  addLooking(program, context, done);
  addVerbs(program, context, done);
  addRecover(program, context, done);
  addProcesses(program, done);
  return program;
}

type Done = (exitCode: number) => void;

function addDeploy(program: Command, context: CommandContext, done: Done): void {
  program
    .command('deploy')
    .description('begin a deployment of the service that FILE describes')
    .argument('<file>', 'service file (YAML or JSON)')
    .requiredOption('--image <id>', 'machine image of the new version, ami-…')
    .option('--by <name>', 'who asks; your user name unless given')
    .option('--reason <text>', 'why; shown wherever the deployment is shown')
    .option('--commit <id>', 'commit of the new version')
    .option('--key <text>', 'idempotency key: asking twice with it is one deployment')
    .option('--hotfix', 'old is known to be bad: short steps, and what both fleets suffer does not hold the shift')
    .option('--wait', 'show it live and end with its outcome')
    .option('--json', 'one JSON object at the end instead of text')
    .action(async (file: string, options: DeployOptions) => done(await deploy(context, file, options)));
}

function addLooking(program: Command, context: CommandContext, done: Done): void {
  program
    .command('status')
    .description('show how a deployment stands, or the drain of its old fleet')
    .argument('<id>', 'deployment or drain, as "deploy", "list" and "status" print it')
    .option('--watch', 'keep showing it until it has ended')
    .option('--json', 'one JSON object instead of text')
    .action(async (id: string, options: { watch?: boolean; json?: boolean }) =>
      done(await status(context, id, options)),
    );
  program
    .command('list')
    .description('list deployments: those that run, then the last that ended')
    .option('--service <name>', 'only of this service: its name, or name.environment.region')
    .option('--limit <count>', 'at most this many', countArgument, 20)
    .option('--json', 'one JSON object instead of text')
    .action(async (options: { service?: string; limit: number; json?: boolean }) => done(await list(context, options)));
}

const verbHelp: Record<Verb, string> = {
  pause: 'hold a deployment before its next change; while old is kept, keep it on',
  resume: 'let what is paused go on',
  promote: 'pass the step, gate or hold that a deployment waits at; of a drain: let the old fleet go now',
  abort: 'put the traffic back and remove what the deployment made',
  rollback: 'put the traffic back to the old fleet; once that is no longer kept, deploy again what it ran',
};

function addVerbs(program: Command, context: CommandContext, done: Done): void {
  for (const verb of verbs) {
    const command = program
      .command(verb)
      .description(verbHelp[verb])
      .argument('<id>', 'deployment or drain, as "deploy", "list" and "status" print it')
      .option('--by <name>', 'who asks; your user name unless given')
      .option('--reason <text>', 'why; shown wherever the deployment is shown')
      .option('--key <text>', 'idempotency key: asking twice with it counts once')
      .option('--json', 'one JSON object instead of text');
    if (verb === 'promote') command.option('--full', 'pass every step that is left, with its gate');
    command.action(async (id: string, options: ControlOptions) => done(await control(context, { verb, id, options })));
  }
}

function addRecover(program: Command, context: CommandContext, done: Done): void {
  program
    .command('recover')
    .description('find deployments that Temporal has lost half-way, and finish them or go back')
    .argument('<file>', 'service file (YAML or JSON), as it was when they began')
    .option('--finish', 'go on to the end that was wanted')
    .option('--back', 'put the traffic back and remove what was made')
    .option('--deployment <id>', 'which one, when there are several')
    .option('--by <name>', 'who asks; your user name unless given')
    .option('--reason <text>', 'why; shown wherever the deployment is shown')
    .option('--wait', 'show it live and end with its outcome')
    .option('--json', 'one JSON object instead of text')
    .action(async (file: string, options: RecoverOptions) => done(await recover(context, file, options)));
}

function addProcesses(program: Command, done: Done): void {
  program
    .command('gateway')
    .description('run the HTTP gateway with the webhook for CI pipelines')
    .action(async () => done(await runMain('gateway')));
  program
    .command('worker')
    .description('run a worker, which does the deployments')
    .action(async () => done(await runMain('worker')));
}

function countArgument(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > 1000) throw new InvalidArgumentError('expected a whole number from 1 to 1000.');
  return count;
}
