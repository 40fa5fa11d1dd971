/** What every command is given, and the one way to Temporal. */
import { connect, type Temporal } from '../../clients/temporal/connection';
import type { Io } from '../io';

export interface CommandContext {
  io: Io;
  /** Aborted by Ctrl-C. */
  interrupted: AbortSignal;
}

/**
 * Connects for the length of one command.
 * @throws TemporalError
 */
export async function withTemporal<T>(context: CommandContext, work: (temporal: Temporal) => Promise<T>): Promise<T> {
  const temporal = await connect({ env: context.io.env });
  try {
    return await work(temporal);
  } finally {
    await temporal.close();
  }
}

export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
