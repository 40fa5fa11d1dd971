/** A rollback for which the old fleet is no longer kept: what ran before is deployed again, as a deployment of its own. Pure. */
import type { ControlRequest, Ruling } from './control';
import type { SubmitAnswer, SubmitInput } from './deployment';
import type { ServiceConfig } from './service-file';

/** The deployment that is to be undone. */
export interface Undone {
  deploymentId: string;
  number: number;
  /** The settings that it was made with. */
  service: ServiceConfig;
  /** Null when it is not known. */
  previousImageId: string | null;
}

/** What of a drain's input tells which deployment it followed: all that is left once the drain has ended. */
export interface DrainRecord extends Omit<Undone, 'previousImageId'> {
  plan: { old: { imageId: string } };
}

export function undoneBy({ deploymentId, number, service, plan }: DrainRecord): Undone {
  // Of a plan that was made again from what is left, it may be empty.
  return { deploymentId, number, service, previousImageId: plan.old.imageId === '' ? null : plan.old.imageId };
}

/** Who asks for what to be deployed again. */
export interface LateRollback {
  undone: Undone & { previousImageId: string };
  asked: Pick<ControlRequest, 'by' | 'reason'>;
}

const reasonKept = 2000;

/**
 * The request for it. Its key is made of what it undoes, so that whoever asks gets the same deployment.
 *
 * What runs now is what somebody wants to be rid of, so it is a hotfix: otherwise the bad version's own failures would hold
 * the way back from it.
 * @param after an earlier try that did not succeed: another one may be made
 */
export function requestAgain({ undone, asked }: LateRollback, after: string | null): SubmitInput {
  const { deploymentId, number, service, previousImageId } = undone;
  const why = asked.reason === undefined ? '' : `: ${asked.reason}`;
  return {
    service,
    revision: { imageId: previousImageId },
    idempotencyKey: `rollback-of-${uuidOf(deploymentId)}${after === null ? '' : `-after-${uuidOf(after)}`}`,
    requestedBy: asked.by ?? 'unknown',
    reason: `rollback of #${number} (${deploymentId})${why}`.slice(0, reasonKept),
    commit: '',
    hotfix: true,
    undoes: deploymentId,
  };
}

function uuidOf(deploymentId: string): string {
  return deploymentId.slice(deploymentId.lastIndexOf(':') + 1);
}

/** What the service's workflow answered, as the answer to who asked for the rollback. */
export function rulingOnRequest(answer: SubmitAnswer, { revision, service }: SubmitInput): Ruling {
  const { imageId } = revision;
  if (answer.kind === 'refused')
    return { kind: 'refused', text: `${imageId} cannot be deployed again now: ${answer.message}` };
  const { deploymentId, number, after, repeated, warnings = [] } = answer;
  if (repeated)
    return { kind: 'already', text: `${imageId} is brought back by #${number}, ${deploymentId}`, deploymentId };
  const before = service.whenBusy === 'supersede' ? 'which is aborted' : 'which is waited for';
  const text = [
    `${imageId} is deployed again by #${number}, ${deploymentId}`,
    ...(after === null ? [] : [`after ${after}, ${before}`]),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  return { kind: 'taken', text: text.join('; '), deploymentId };
}
