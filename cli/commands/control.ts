import { randomUUID } from 'node:crypto';
import { controlDeployment, type ControlOutcome } from '../../clients/temporal/control-deployment';
import { TemporalError } from '../../clients/temporal/temporal-error';
import { controlRequest, type Verb } from '../../domain/control';
import { drainIdOf } from '../../domain/deployment';
import { exitCodes } from '../exit-codes';
import { Refusal, refusalOfFlags } from '../refusal';
import { type CommandContext, printJson, withTemporal } from './context';
import { unknownDeployment } from './follow';

export interface ControlOptions {
  by?: string;
  reason?: string;
  key?: string;
  full?: boolean;
  json?: boolean;
}

/** `fleetshift pause|resume|promote|abort|rollback ID`; answers the exit code. */
export async function control(
  context: CommandContext,
  input: { verb: Verb; id: string; options: ControlOptions },
): Promise<number> {
  const { verb, id, options } = input;
  const { by = context.io.userName, reason, full, key: idempotencyKey = `cli-${randomUUID()}` } = options;
  const parsed = controlRequest().safeParse({ by, reason, full, idempotencyKey });
  if (!parsed.success) throw refusalOfFlags(parsed.error);
  const request = { ...parsed.data, idempotencyKey };
  const outcome = await withTemporal(context, (temporal) =>
    controlDeployment({ temporal, id, verb, request }).catch((error: unknown) => unheard(error, idempotencyKey)),
  );
  if (options.json === true) printJson(context.io, { verb, ...outcome });
  const text = textOf({ verb, id, outcome, idempotencyKey });
  if (options.json !== true) context.io.stdout.write(`${text}\n`);
  return outcome.kind === 'heard' ? exitCodes.needsAttention : exitCodes.ok;
}

function unheard(error: unknown, idempotencyKey: string): never {
  if (!(error instanceof TemporalError)) throw error;
  const advice = `whether it was heard is not known: ask again with --key ${idempotencyKey}, and it counts once`;
  throw new Refusal([error.message, advice]);
}

/**
 * One line for a request that was heard, and one more when a deployment of its own does it.
 * @throws Refusal for one that was not taken
 */
function textOf(input: { verb: Verb; id: string; outcome: ControlOutcome; idempotencyKey: string }): string {
  const { verb, id, outcome, idempotencyKey } = input;
  switch (outcome.kind) {
    case 'taken':
      return `${verb} taken by ${outcome.id}: ${outcome.text}${watchLine(outcome)}`;
    case 'already':
      return `nothing to ${verb} at ${outcome.id}: ${outcome.text}${watchLine(outcome)}`;
    case 'sent':
      return `${verb} sent to ${outcome.id}: ${outcome.message}`;
    case 'heard':
      return (
        `${verb} heard by ${outcome.id}: ${outcome.message}\n` +
        `wait for the answer with: fleetshift ${verb} ${id} --key ${idempotencyKey}`
      );
    case 'refused':
      throw new Refusal([`${outcome.id} refuses to ${verb}: ${outcome.text}`]);
    case 'invalid':
      throw new Refusal([`${outcome.id} could not read the request, and nothing was changed: ${outcome.message}`]);
    case 'ended':
      throw new Refusal(endedLines(verb, outcome));
    case 'not-found':
      throw unknownDeployment(id);
  }
}

function watchLine({ deploymentId }: { deploymentId?: string }): string {
  return deploymentId === undefined ? '' : `\nwatch it with: fleetshift status ${deploymentId} --watch`;
}

/** Outcomes after which old has all traffic. */
const wentBack: string[] = ['rolled-back', 'aborted', 'refused'];

function endedLines(verb: Verb, { id, outcome }: Extract<ControlOutcome, { kind: 'ended' }>): string[] {
  const said = `${id} has already ended (${outcome ?? 'without a result'}); nothing to ${verb}`;
  if (verb === 'promote' && outcome === 'succeeded')
    return [said, `to let its old fleet go before its time: fleetshift promote ${drainIdOf(id)}`];
  if (verb === 'rollback' && outcome !== null && !wentBack.includes(outcome))
    return [said, 'to go back, deploy what ran before: fleetshift status shows its image'];
  if (verb === 'rollback' && outcome === null)
    return [said, 'to see how things stand, and to finish it or go back: fleetshift recover <service file>'];
  return [said];
}
