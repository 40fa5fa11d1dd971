/** A command that cannot do what was asked, for a reason that the person can mend. */
import type { z } from 'zod';
import { formatProblem, problemsOf } from '../domain/problems';
import { exitCodes } from './exit-codes';

/** Its lines go to stderr as they are, and the command ends with exit code 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode = exitCodes.refused;

  constructor(readonly lines: string[]) {
    super(lines.join('\n'));
  }
}

/** What a schema says of values that came by flags, one line each. */
export function refusalOfFlags(error: z.ZodError): Refusal {
  const lines = problemsOf(error).map((problem) => formatProblem({ ...problem, path: flagOf(problem.path) }));
  return new Refusal(lines);
}

function flagOf(path: string): string {
  return path === 'idempotencyKey' ? '--key' : `--${path}`;
}
