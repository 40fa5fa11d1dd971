/** A command that cannot do what was asked, for a reason that the person can mend. */
import { exitCodes } from './exit-codes';

/** Its lines go to stderr as they are, and the command ends with exit code 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode = exitCodes.refused;

  constructor(readonly lines: string[]) {
    super(lines.join('\n'));
  }
}
