import type { Admissions, Place } from '../../domain/admission';
import { admit, noAdmissions, untold, withoutPlace, withTold } from '../../domain/admission';
import type { SubmitInput } from '../../domain/deployment';
import type { DeploymentFacts } from '../../domain/reconcile';
import { reconcile } from '../../domain/reconcile';
import { parseServiceFile, type ServiceConfig } from '../../domain/service-file';

export type Policy = ServiceConfig['whenBusy'];

const key = 'web.production.eu-west-1';

export function submission(whenBusy: Policy, idempotencyKey: string, imageId = 'ami-1'): SubmitInput {
  const answer = parseServiceFile({ service: 'web', region: 'eu-west-1', source: { group: 'web-v1' }, whenBusy });
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return {
    service: answer.service,
    revision: { imageId },
    idempotencyKey,
    requestedBy: 'ada',
    reason: '',
    commit: '',
    hotfix: false,
  };
}

/** What is true of one deployment, whatever the service's workflow believes. */
interface Life extends DeploymentFacts {
  /** Its turn has come, or it never waited. */
  began: boolean;
}

/** A service's workflow and its deployments, without Temporal. */
export class TestService {
  state: Admissions = noAdmissions;
  readonly lives: Life[] = [];

  submit(whenBusy: Policy, idempotencyKey = `key-${this.lives.length}`) {
    const input = submission(whenBusy, idempotencyKey);
    const admission = admit(this.state, { input, serviceKey: key, uuid: `uuid-${this.lives.length + 1}` });
    if (admission.kind === 'refused') return admission;
    const { place, mark, superseded } = admission;
    this.state = admission.state;
    const began = place.after === null;
    this.lives.push({ ...place, status: 'running', phase: began ? 'plan' : 'queued', request: mark, began });
    this.tell();
    return { ...admission, superseded: superseded.map((one) => one.deploymentId) };
  }

  /** It ends by itself, and says so before. */
  end(life: Life): void {
    life.phase = 'decided';
    this.state = withoutPlace(this.state, life.deploymentId);
    this.tell();
    life.status = 'completed';
  }

  /** Nobody hears of it. */
  terminate(life: Life): void {
    life.status = 'terminated';
  }

  look(): string[] {
    const { state, findings } = reconcile(this.state, this.lives);
    this.state = state;
    this.tell();
    return findings;
  }

  /** The service's workflow was terminated, and is started anew. */
  forget(): void {
    this.state = noAdmissions;
    this.look();
  }

  running(): Life[] {
    return this.lives.filter((life) => life.status === 'running');
  }

  private tell(): void {
    for (let [place] = untold(this.state); place; [place] = untold(this.state)) this.tellOne(place);
  }

  private tellOne(place: Place): void {
    const life = this.running().find(({ deploymentId }) => deploymentId === place.deploymentId);
    if (place.after === null && life?.phase === 'queued') Object.assign(life, { began: true, phase: 'shift' });
    this.state = life ? withTold(this.state, place) : withoutPlace(this.state, place.deploymentId);
  }
}
