/** One run of the command line: arguments in, exit code out; never a stack trace. */
import { CommanderError } from 'commander';
import { TemporalError } from '../clients/temporal/temporal-error';
import { exitCodes } from './exit-codes';
import type { Io } from './io';
import { buildProgram } from './program';
import { Refusal } from './refusal';

/** @param args without the interpreter and the program's name */
export async function run(input: { args: string[]; io: Io; interrupted: AbortSignal }): Promise<number> {
  const { args, io, interrupted } = input;
  let exitCode: number = exitCodes.ok;
  const program = buildProgram({ context: { io, interrupted }, done: (code) => (exitCode = code) });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has already printed; --help and --version end here with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.refused;
    for (const line of linesOf(error, io.env)) io.stderr.write(`fleetshift: ${line}\n`);
    return exitCodes.refused;
  }
}

function linesOf(error: unknown, env: NodeJS.ProcessEnv): string[] {
  if (error instanceof Refusal) return error.lines;
  if (error instanceof TemporalError) return [error.message];
  const text = error instanceof Error ? error.message : String(error);
  if (env['FLEETSHIFT_DEBUG'] && error instanceof Error && error.stack !== undefined) return [error.stack];
  return [`failed unexpectedly: ${text}`, 'run it again with FLEETSHIFT_DEBUG=1 to see where'];
}
