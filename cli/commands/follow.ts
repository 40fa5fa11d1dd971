/** The common end of `deploy --wait` and `status --watch`. */
import type { Temporal } from '../../clients/temporal/connection';
import { readDeployment } from '../../clients/temporal/read-deployment';
import { exitCodeOf, exitCodes } from '../exit-codes';
import { Refusal } from '../refusal';
import type { Seen } from '../render/screen';
import { livePrinter } from '../watch/live-printer';
import { watchDeployment } from '../watch/watch-deployment';
import { type CommandContext, printJson } from './context';

/** Follows a deployment to its end and answers the exit code. */
export async function follow(input: {
  context: CommandContext;
  temporal: Temporal;
  deploymentId: string;
  json: boolean;
}): Promise<number> {
  const { context, temporal, deploymentId, json } = input;
  const { io } = context;
  const end = await watchDeployment({
    read: () => readDeployment({ temporal, deploymentId }),
    printer: livePrinter({ io, json }),
    signal: context.interrupted,
  });
  switch (end.kind) {
    case 'not-found':
      throw unknownDeployment(deploymentId);
    case 'interrupted':
      io.stderr.write(
        `the deployment goes on without us; look again with: fleetshift status ${deploymentId} --watch\n`,
      );
      return exitCodes.interrupted;
    case 'ended':
      if (json) printJson(io, jsonOf(end.seen));
      return exitCodeOfSeen(end.seen);
  }
}

export function jsonOf({ progress, source, live, stopped }: Seen) {
  return { ...progress, source, live, stopped };
}

export function exitCodeOfSeen({ progress, stopped }: Seen): number {
  if (progress.result !== null) return exitCodeOf(progress.result.outcome);
  return stopped === null ? exitCodes.ok : exitCodes.needsAttention;
}

export function unknownDeployment(deploymentId: string): Refusal {
  return new Refusal([
    `there is no deployment ${deploymentId}, or Temporal no longer keeps it; "fleetshift list" shows those it knows`,
  ]);
}
