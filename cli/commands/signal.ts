import { requestNote } from '../../domain/deployment';
import { formatProblem, problemsOf } from '../../domain/problems';
import type { Verb } from '../../domain/control';
import { signalDeployment } from '../../clients/temporal/signal-deployment';
import { exitCodes } from '../exit-codes';
import { Refusal } from '../refusal';
import { type CommandContext, printJson, withTemporal } from './context';
import { unknownDeployment } from './follow';

export interface SignalOptions {
  by?: string;
  reason?: string;
  json?: boolean;
}

const consequences: Record<Verb, string> = {
  pause: 'it stops before its next change, and goes back by itself if nobody resumes it in time',
  resume: 'it goes on',
  promote: 'it passes the step, gate or hold that it waits at',
  abort: 'it puts the traffic back and removes what it made',
  rollback: 'it puts the traffic back and removes what it made',
};

/** `fleetshift pause|resume|abort ID`; answers the exit code. */
export async function signal(
  context: CommandContext,
  input: { verb: Verb; deploymentId: string; options: SignalOptions },
): Promise<number> {
  const { verb, deploymentId, options } = input;
  const note = requestNote.safeParse({ by: options.by ?? context.io.userName, reason: options.reason });
  if (!note.success) {
    throw new Refusal(problemsOf(note.error).map((problem) => `--${formatProblem(problem)}`));
  }
  const answer = await withTemporal(context, (temporal) =>
    signalDeployment({ temporal, deploymentId, verb, note: note.data }),
  );
  if (options.json === true) printJson(context.io, { deploymentId, verb, ...answer });
  switch (answer.kind) {
    case 'not-found':
      throw unknownDeployment(deploymentId);
    case 'already-ended':
      throw new Refusal([
        `${deploymentId} has already ended (${answer.outcome ?? 'without a result'}); nothing to ${verb}`,
      ]);
    case 'sent':
      if (options.json !== true) context.io.stdout.write(`${verb} sent: ${consequences[verb]}\n`);
      return exitCodes.ok;
  }
}
