/** State and messages of one running deployment. Handlers only record what was asked; the phases act on it. */
import {
  CancellationScope,
  condition,
  log,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ActivityTimeouts } from '../activities/deps';
import {
  deploymentIdOf,
  type DeploymentInput,
  type DeploymentProgress,
  type DeploymentResult,
  type Outcome,
  type Phase,
} from '../domain/deployment';
import type { ControlRequest, Promotion, Situation, Verb } from '../domain/control';
import { endedAfter, holdsAfter, type EndedHold, type HoldFinding } from '../domain/holds';
import { hastened, hotfixWarning } from '../domain/hotfix';
import { leasedArns } from '../domain/leases';
import type { Happening } from '../domain/notification';
import type { GuardState } from '../domain/judge/stretch';
import type { Plan } from '../domain/plan';
import { serviceKey, type ServiceConfig } from '../domain/service-file';
import { activityFailureMessage, watch, writers, type Direction, type Interrupted } from './calls';
import { underLeases, type HeldLease } from './leases';
import { listenToVerbs, request, signature } from './control';
import { keepLimits, type Limit } from './limits';
import { progressQuery } from './messages';
import { searchAttributes } from './search-attributes';
import { tellerFor, type Teller } from './tell';

/** Why a deployment goes back; with `needs-attention` it stays as it is, because going back would do harm. */
export interface Cause {
  outcome: Extract<Outcome, 'rolled-back' | 'aborted' | 'needs-attention'>;
  reason: string;
}

const noticesKept = 60;

export class DeploymentRun {
  readonly progress: DeploymentProgress;
  private readonly teller: Teller;
  private readonly startedAtMs = Date.now();
  private backAsked: Cause | null = null;
  /** Of what is waited for now. */
  private endedHolds: EndedHold[] = [];
  promotion: Promotion | null = null;
  /** The service as this deployment treats it: a hotfix has short steps. */
  readonly service: ServiceConfig;
  private limitSeconds = 0;
  private direction: Direction = 'forward';
  private knownPlan: Plan | null = null;
  private readonly warnedBefore: string[] = [];
  private isDecided = false;
  /** The service has been told of the end: its place is free. */
  hasLeft = false;
  timeouts: ActivityTimeouts = { heartbeatSeconds: 30, writerSeconds: 30 };
  /** Nobody else writes on what these stand for. */
  leases: HeldLease[] = [];
  /** What the last guard handed over. */
  guard: GuardState | null = null;
  /** MinSize values written to old while frozen; needed to undo them three-way. */
  readonly frozenMinSizes: number[] = [];
  /** Servers that new was last raised to. */
  newWanted = 0;
  trafficRestoredAtMs: number | null = null;
  /** The weight that was written last, before its first attempt and after its read-back. */
  lastWrite = { writeMs: 0, readBackMs: 0, newPercent: 0 };
  /** The share that is being written: some routes may have it, and some still the last one. */
  writing: number | null = null;
  /** Every share that was asked for, read back or not: what is found of them in a route is ours. */
  readonly askedPercents = new Set<number>([0]);

  constructor(readonly input: DeploymentInput) {
    const service = input.hotfix ? hastened(input.service) : input.service;
    this.service = service;
    this.progress = {
      deploymentId: deploymentIdOf(serviceKey(service), input.uuid),
      service: service.service,
      environment: service.environment,
      region: service.region,
      number: input.number,
      revision: input.revision,
      requestedBy: input.requestedBy,
      reason: input.reason,
      phase: 'plan',
      phaseSinceMs: Date.now(),
      step: null,
      split: null,
      oldFleet: null,
      newFleet: null,
      judge: null,
      pause: null,
      hold: null,
      holds: [],
      gate: null,
      turn: null,
      requests: [],
      warnings: [],
      notices: [],
      result: null,
    };
    this.teller = tellerFor({
      webhook: service.notifyWebhook,
      about: {
        deploymentId: this.progress.deploymentId,
        drainId: null,
        service: serviceKey(service),
        number: input.number,
        revision: input.revision,
      },
      notice: (text) => this.notice(text),
    });
  }

  /** Known from the end of the plan phase on. */
  get plan(): Plan {
    if (!this.knownPlan) throw new Error('the plan was asked for before it was made');
    return this.knownPlan;
  }

  /** What every activity on the plan gets. */
  get onPlan() {
    return { service: this.service, plan: this.plan };
  }

  usePlan(plan: Plan): void {
    this.knownPlan = plan;
    const ofHotfix = this.input.hotfix ? [hotfixWarning(this.service)] : [];
    this.progress.warnings = [...this.warnedBefore, ...ofHotfix, ...plan.warnings];
    this.progress.oldFleet = {
      groupName: plan.old.groupName,
      wanted: plan.old.desiredCapacity,
      healthy: plan.old.healthyServers,
    };
  }

  listen(): void {
    // Who reads a result may ask for the next deployment at once.
    setHandler(progressQuery, () => ({ ...this.progress, result: this.hasLeft ? this.progress.result : null }));
    listenToVerbs(this);
    // Temporal's own cancel (a button in its UI) means abort.
    CancellationScope.current().cancelRequested.catch(() =>
      request(this, 'abort', { reason: 'cancelled in Temporal' }),
    );
    void CancellationScope.nonCancellable(() => keepLimits(this));
  }

  situation(): Situation {
    const { phase, pause, gate, hold } = this.progress;
    const held = hold && { kind: 'hold' as const, reason: hold.reason };
    return {
      phase,
      paused: pause !== null,
      goingBack: this.direction === 'back' || this.backAsked !== null,
      decided: this.isDecided,
      waiting: gate && hold?.reason !== 'foreign-edit' ? { kind: 'gate' } : held,
      promotion: this.promotion,
    };
  }

  intend(verb: Verb, asked: ControlRequest): void {
    switch (verb) {
      case 'pause': {
        const sinceMs = Date.now();
        this.progress.pause = { ...asked, sinceMs, untilMs: sinceMs + this.service.limits.pauseSeconds * 1000 };
        return;
      }
      case 'resume':
        this.progress.pause = null;
        return;
      case 'promote':
        this.promotion = asked.full === true ? 'all' : 'one';
        return;
      case 'abort':
        this.backAsked = { outcome: 'aborted', reason: `aborted${signature(asked)}` };
        return;
      case 'rollback':
        this.backAsked = { outcome: 'rolled-back', reason: `rollback asked for${signature(asked)}` };
    }
  }

  /** Somebody asked to go back: abort, rollback, or Temporal's cancel. */
  get abortAsked(): boolean {
    return this.backAsked !== null;
  }

  abortCause(): Cause {
    if (!this.backAsked) throw new Error('the reason to go back was asked for before anybody gave one');
    return this.backAsked;
  }

  /** A limit ran out: from here on it is as if somebody had asked to go back. */
  expire({ reason }: Limit): void {
    const { phase } = this.progress;
    this.backAsked ??= { outcome: phase === 'queued' || phase === 'plan' ? 'aborted' : 'rolled-back', reason };
  }

  /** What a person has set since the plan is what is restored; once frozen, what is found may be ours. */
  noteMinSize(minSize: number): void {
    if (this.frozenMinSizes.length > 0) return;
    this.knownPlan = { ...this.plan, old: { ...this.plan.old, minSize } };
  }

  rememberFreeze(minSize: number): void {
    if (!this.frozenMinSizes.includes(minSize)) this.frozenMinSizes.push(minSize);
  }

  enter(phase: Phase): void {
    this.progress.phase = phase;
    this.progress.phaseSinceMs = Date.now();
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    this.notice(`phase ${phase}`);
  }

  notice(text: string): void {
    this.progress.notices = [...this.progress.notices, { atMs: Date.now(), text }].slice(-noticesKept);
    log.info(text, { deployment: this.progress.deploymentId, phase: this.progress.phase });
    // Of what is long, such as commands to copy, the first line: Temporal bounds these details.
    setCurrentDetails(`**${this.progress.phase}** – ${text.split('\n', 1)[0] ?? ''}`);
  }

  /** Something that was not well before this deployment began. */
  warn(text: string): void {
    this.warnedBefore.push(text);
    this.progress.warnings = [...this.progress.warnings, text];
    this.notice(text);
  }

  /** Tells the service's webhook, in the background. */
  tell(happening: Happening): void {
    this.teller.tell(happening);
  }

  /** The run may end: Temporal has all that it said. */
  handedOver(): Promise<void> {
    return this.teller.handedOver();
  }

  /** Runs one phase; a failed activity becomes the reason to go back. */
  async phase(phase: Phase, limitSeconds: number, work: () => Promise<Cause | null>): Promise<Cause | null> {
    if (this.abortAsked) return this.abortCause();
    this.enter(phase);
    this.limitSeconds = limitSeconds;
    try {
      return (await work()) ?? (this.abortAsked ? this.abortCause() : null);
    } catch (error) {
      const message = activityFailureMessage(error);
      if (message === undefined) throw error;
      return { outcome: 'rolled-back', reason: `${phase} failed: ${message}` };
    }
  }

  /** New has all traffic, read back: from here on nothing goes back. */
  decide(): void {
    this.isDecided = true;
  }

  /** From here on nothing is paused or aborted, and calls are tried for as long as the rollback may take. */
  goBack(cause: Cause): void {
    this.direction = 'back';
    this.standNoLonger();
    this.limitSeconds = this.service.limits.rollbackSeconds;
    this.enter('rolling-back');
    this.notice(cause.reason);
    if (cause.outcome === 'rolled-back') this.tell({ event: 'rolling-back', reason: cause.reason });
  }

  /** @param limitSeconds after so long without success the call is given up; the phase's limit unless told */
  write(summary: string, limitSeconds = this.limitSeconds): Activities {
    return underLeases(writers({ ...this.caller(), limitSeconds }, summary), () => this.leaseRequest);
  }

  private get leaseRequest() {
    return { arns: leasedArns(this.plan), timeouts: this.timeouts };
  }

  /** Whether new may have had traffic: a write that was never read back counts. */
  get wasShifted(): boolean {
    return Math.max(...this.askedPercents) > 0;
  }

  watch<Answer>(
    summary: string,
    call: (activities: Activities) => Promise<Answer>,
    interrupted: () => boolean = () => this.direction === 'forward' && this.abortAsked,
  ): Promise<Answer | Interrupted> {
    return watch(this.caller(), summary, call, interrupted);
  }

  private caller() {
    return { timeouts: this.timeouts, direction: this.direction, limitSeconds: this.limitSeconds };
  }

  /** Waits out a pause before the next write. */
  async untilResumed(): Promise<Cause | null> {
    await condition(() => this.abortAsked || !this.progress.pause);
    return this.abortAsked ? this.abortCause() : null;
  }

  /** Shares that our routes may have at this moment; any other is somebody else's. */
  ourPercents(): number[] {
    return this.writing === null ? [this.lastWrite.newPercent] : [this.lastWrite.newPercent, this.writing];
  }

  /** Takes note of everything that holds the split now; what is not found any more has ended. */
  holdFor(found: readonly HoldFinding[]): void {
    const known = this.progress.holds;
    const { limits, judge } = this.service;
    const nowMs = Date.now();
    const holds = holdsAfter({
      ...{ known, found, limits, nowMs },
      ended: this.endedHolds,
      periodSeconds: judge.periodSeconds,
    });
    this.endedHolds = endedAfter({ known, holds, ended: this.endedHolds, nowMs });
    const isIn = (list: readonly HoldFinding[], { reason }: HoldFinding) => list.some((one) => one.reason === reason);
    this.progress.holds = holds;
    this.progress.hold = holds[0] ?? null;
    for (const hold of holds.filter((one) => !isIn(known, one))) {
      this.notice(`holding: ${hold.detail}`);
      this.tell({ event: 'held', hold });
    }
    for (const hold of known) if (!isIn(holds, hold)) this.notice(`hold ended: ${hold.reason}`);
  }

  /** What was waited for is over: neither hold nor gate of it stands any more, and a promote meant for it counts no further. */
  pass(): void {
    this.holdFor([]);
    this.endedHolds = [];
    this.progress.gate = null;
    if (this.promotion === 'one') this.promotion = null;
  }

  openGate(atPercent: number): void {
    const sinceMs = Date.now();
    this.progress.gate = { atPercent, sinceMs, untilMs: sinceMs + this.service.limits.gateSeconds * 1000 };
    this.notice(`gate at ${atPercent} %: waiting for promote`);
    this.tell({ event: 'gate-waiting', gate: this.progress.gate });
  }

  private standNoLonger(): void {
    this.progress.pause = null;
    this.progress.hold = null;
    this.progress.holds = [];
    this.progress.gate = null;
  }

  finish(outcome: Outcome, reason: string, extra: { repairs?: string[]; drainId?: string } = {}): DeploymentResult {
    const { progress } = this;
    const result: DeploymentResult = {
      deploymentId: progress.deploymentId,
      service: serviceKey(this.service),
      number: progress.number,
      revision: progress.revision,
      outcome,
      reason,
      startedAtMs: this.startedAtMs,
      endedAtMs: Date.now(),
      trafficRestoredAtMs: this.trafficRestoredAtMs,
      judge: progress.judge,
      oldGroup: this.knownPlan?.old.groupName ?? null,
      newGroup: this.knownPlan?.names.group ?? null,
      previousImageId: this.knownPlan?.old.imageId ?? null,
      warnings: progress.warnings,
      repairs: extra.repairs ?? [],
      drainId: extra.drainId ?? null,
    };
    progress.result = result;
    this.standNoLonger();
    this.enter('decided');
    this.notice(`${outcome}: ${reason}`);
    upsertSearchAttributes([{ key: searchAttributes.outcome, value: outcome }]);
    upsertMemo({ report: result });
    if (outcome === 'rolled-back' || outcome === 'needs-attention')
      this.tell({ event: outcome, reason, repairs: result.repairs });
    return result;
  }
}
