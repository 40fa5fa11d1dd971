/** A service's workflow at work: takes requests, starts deployments, and hears or sees how they end. */
import {
  allHandlersFinished,
  condition,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  uuid4,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import {
  admit,
  answerToKnown,
  untold,
  withoutPlace,
  withoutRequest,
  withTold,
  type Admissions,
  type Admitted,
  type DeploymentMemo,
  type Place,
  type RequestMark,
} from '../domain/admission';
import type { DeploymentInput, SubmitAnswer, SubmitInput } from '../domain/deployment';
import { reconcile, type DeploymentFacts } from '../domain/reconcile';
import { activityFailureMessage, watch, writers, type Caller } from './calls';
import { deployment } from './deployment';
import { controlSignals, turnSignal } from './messages';
import { searchAttributes } from './search-attributes';

/** A request is answered from what is believed when Temporal does not tell in time; leases keep deployments apart. */
const readLimitSeconds = 8;
const caller: Caller = {
  timeouts: { heartbeatSeconds: 10, writerSeconds: 5 },
  direction: 'back',
  limitSeconds: readLimitSeconds,
};

export class AdmissionDesk {
  /** Requests are taken one after the other: what one has read must still hold when it decides. */
  private inHand: Promise<unknown> = Promise.resolve();
  /** Something about a child has to be looked at. */
  private inDoubt = true;
  /** Whose end was heard since the last look began. */
  private readonly heard = new Set<string>();
  private changes = 0;

  constructor(
    private readonly serviceKey: string,
    public state: Admissions,
  ) {}

  /** Answers when it is time to continue as new. */
  async serve(): Promise<void> {
    for (;;) {
      if (this.inDoubt) await this.oneAtATime(() => this.look());
      // Not while one is being started, which could not hear it yet.
      await this.oneAtATime(() => this.tellWhoWaits());
      if (this.isOver()) return;
      await this.untilSomethingHappens();
    }
  }

  async submit(input: SubmitInput): Promise<SubmitAnswer> {
    return this.oneAtATime(() => this.decide(input));
  }

  ended(deploymentId: string): void {
    this.heard.add(deploymentId);
    this.change(withoutPlace(this.state, deploymentId));
  }

  private async decide(input: SubmitInput): Promise<SubmitAnswer> {
    const known = answerToKnown(this.state, input);
    if (known) return known;
    await this.look();
    // Temporal may have told of requests that were forgotten.
    return answerToKnown(this.state, input) ?? this.admit(input);
  }

  private async admit(input: SubmitInput): Promise<SubmitAnswer> {
    const admission = admit(this.state, { input, serviceKey: this.serviceKey, uuid: uuid4() });
    if (admission.kind === 'refused') return { ...admission, code: 'busy' };
    const { place, warnings, superseded } = admission;
    this.change(admission.state);
    await this.start(input, admission);
    await Promise.all(superseded.map((old) => this.abort(old, place)));
    return { kind: 'admitted', ...place, repeated: false, ...(warnings.length === 0 ? {} : { warnings }) };
  }

  private async start(input: SubmitInput, { place, mark, warnings }: Admitted): Promise<void> {
    const { deploymentId, number, after } = place;
    const uuid = deploymentId.slice(deploymentId.lastIndexOf(':') + 1);
    try {
      const started = { ...input, uuid, number, after, warnings, submittedAtMs: Date.now() };
      const child = await startDeployment(this.serviceKey, deploymentId, started, mark);
      child.result().then(
        () => this.ended(deploymentId),
        // Terminated or failed; or reset, and then it runs again.
        () => (this.inDoubt = true),
      );
    } catch (error) {
      this.change(withoutRequest(this.state, deploymentId));
      throw error;
    }
  }

  /** Compares what is believed with what Temporal itself knows. */
  private async look(): Promise<void> {
    this.inDoubt = false;
    this.heard.clear();
    const facts = await this.read();
    if (facts === null) return;
    const { state, findings } = reconcile(
      this.state,
      facts.filter(({ deploymentId }) => !this.heard.has(deploymentId)),
    );
    if (findings.length > 0) log.warn('what runs is not what was believed', { findings });
    this.change(state);
  }

  /** Null when Temporal does not tell: then what is believed has to do. */
  private async read(): Promise<DeploymentFacts[] | null> {
    const { serviceKey, believed } = this;
    try {
      return await writers(caller, 'see what runs').readDeployments({ serviceKey, believed });
    } catch (error) {
      const message = activityFailureMessage(error);
      if (message === undefined) throw error;
      log.warn('what runs could not be read', { message });
      return null;
    }
  }

  private get believed(): string[] {
    return [...this.state.running, ...this.state.queue].map((place) => place.deploymentId);
  }

  private async tellWhoWaits(): Promise<void> {
    for (let [place] = untold(this.state); place; [place] = untold(this.state)) {
      const { deploymentId, after } = place;
      const warnings = after === null ? this.state.warnings : [];
      const wasTold = await this.signal(deploymentId, () =>
        getExternalWorkflowHandle(deploymentId).signal(turnSignal, { after, warnings }),
      );
      this.change(wasTold ? withTold(this.state, place) : withoutPlace(this.state, deploymentId));
    }
  }

  private async abort(old: Place, by: Place): Promise<void> {
    await this.signal(old.deploymentId, () =>
      getExternalWorkflowHandle(old.deploymentId).signal(controlSignals.abort, {
        by: workflowInfo().workflowId,
        reason: `superseded by #${by.number}`,
      }),
    );
  }

  /** False when the deployment does not run any more. */
  private async signal(deploymentId: string, send: () => Promise<void>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      log.info('a deployment had ended before it was told', { deploymentId, error: String(error) });
      return false;
    }
  }

  private async untilSomethingHappens(): Promise<void> {
    const { changes, believed } = this;
    const happened = () => this.inDoubt || this.changes !== changes || untold(this.state).length > 0 || this.isOver();
    if (believed.length === 0) return condition(happened);
    const answer = await watch(
      caller,
      'look after what runs',
      (activities) => activities.watchDeployments({ deploymentIds: believed }),
      happened,
    );
    if (answer.kind === 'ended') this.inDoubt = true;
  }

  private isOver(): boolean {
    return workflowInfo().continueAsNewSuggested && allHandlersFinished() && untold(this.state).length === 0;
  }

  private change(state: Admissions): void {
    this.state = state;
    this.changes++;
    setCurrentDetails(`${state.running.length} running, ${state.queue.length} waiting`);
  }

  private oneAtATime<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const mine = this.inHand.then(work);
    this.inHand = mine.catch(() => undefined);
    return mine;
  }
}

async function startDeployment(serviceKey: string, deploymentId: string, input: DeploymentInput, mark: RequestMark) {
  const memo: DeploymentMemo = { number: input.number, request: mark };
  return startChild(deployment, {
    workflowId: deploymentId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: input.recovery
      ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
      : WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `${serviceKey} #${input.number}: ${input.revision.imageId}`,
    memo: { ...memo },
    typedSearchAttributes: [
      { key: searchAttributes.service, value: serviceKey },
      { key: searchAttributes.revision, value: input.revision.imageId },
      { key: searchAttributes.requestedBy, value: input.requestedBy },
      { key: searchAttributes.phase, value: input.after === null ? 'plan' : 'queued' },
    ],
  });
}
