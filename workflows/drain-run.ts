/** State and messages of one running drain. Handlers only record what was asked; the phases act on it. */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ActivityTimeouts } from '../activities/deps';
import type { ControlRequest, Ruling, Situation, Verb } from '../domain/control';
import { drainIdOf, type DrainProgress, type DrainResult, type Revision } from '../domain/deployment';
import { undoneBy } from '../domain/late-rollback';
import type { Plan } from '../domain/plan';
import type { ServiceConfig } from '../domain/service-file';
import { watch, writers, type Caller, type Interrupted } from './calls';
import { listenToVerbs } from './control';
import { LateRollbacks } from './late-rollback';
import { acquireLeases, releaseLeases, untilLetGo, type HeldLease, type Holder, type LeaseAnswer } from './leases';
import { drainProgressQuery, supersededSignal } from './messages';
import { firstPlace, type RemovalPlace } from './phases/remove-fleet';
import { searchAttributes } from './search-attributes';
import { tellerFor, tellRefusedRollback, type Teller } from './tell';

export interface DrainInput {
  deploymentId: string;
  number: number;
  revision: Revision;
  service: ServiceConfig;
  plan: Plan;
  timeouts: ActivityTimeouts;
  frozenMinSizes: number[];
  /** Servers that new was last raised to; absent when an earlier release began the drain. */
  newWanted?: number;
  keepUntilMs: number;
  /** What the run before this one hands on; absent in the first. */
  carried?: DrainState;
}

/** Everything that a drain knows; plain JSON, all times absolute. */
export interface DrainState {
  progress: DrainProgress;
  place: RemovalPlace;
  /** After this the drain is left to a person. */
  untilMs: number;
  promoted: boolean;
  /** The next deployment of the service that has succeeded, which ends the keep. */
  supersededBy: string | null;
  frozenMinSizes: number[];
  /** Where it was told as late last. */
  lateIn?: RemovalPlace['stage'];
}

/** A drain waits for real work, so only a person ends one that takes longer than this. */
const giveUpSeconds = 30 * 86_400;
const noticesKept = 60;
/** Whoever asked waits for the answer: after so long it is that things cannot be seen now. */
export const answerSeconds = 60;

export class DrainRun {
  readonly state: DrainState;
  /** Asked for and not yet ruled on by the main loop. */
  backAsked: ControlRequest | null = null;
  private goingBack = false;
  private backRuling: Ruling | null = null;
  private limitSeconds = giveUpSeconds;
  readonly teller: Teller;
  private readonly lateRollbacks: LateRollbacks;

  constructor(readonly input: DrainInput) {
    const { deploymentId, number, revision, service, plan, keepUntilMs, frozenMinSizes } = input;
    this.teller = tellerFor({
      webhook: service.notifyWebhook,
      about: { deploymentId, drainId: drainIdOf(deploymentId), service: plan.serviceKey, number, revision },
      notice: (text) => this.notice(text),
    });
    this.lateRollbacks = new LateRollbacks({
      drain: input,
      writers: (summary) => this.write(summary, answerSeconds),
    });
    this.state = input.carried ?? {
      progress: {
        drainId: drainIdOf(deploymentId),
        deploymentId,
        phase: 'keep',
        phaseSinceMs: Date.now(),
        groupName: plan.old.groupName,
        keepUntilMs,
        late: false,
        pause: null,
        requests: [],
        notices: [],
      },
      place: firstPlace(),
      untilMs: Date.now() + giveUpSeconds * 1000,
      promoted: false,
      supersededBy: null,
      frozenMinSizes,
    };
  }

  get progress(): DrainProgress {
    return this.state.progress;
  }

  get service(): ServiceConfig {
    return this.input.service;
  }

  get plan(): Plan {
    return this.input.plan;
  }

  get onPlan() {
    return { service: this.service, plan: this.plan };
  }

  listen(): void {
    setHandler(drainProgressQuery, () => this.progress);
    setHandler(supersededSignal, (next) => {
      this.state.supersededBy = typeof next?.by === 'string' ? next.by : 'the next deployment';
      this.notice(`${this.state.supersededBy} has succeeded: old is no longer kept for the way back`);
    });
    listenToVerbs(this);
    // Half-way the old fleet would stay frozen, so a drain goes on; what may be asked of it instead is said.
    CancellationScope.current().cancelRequested.catch(() =>
      this.notice(
        'warning: the cancel is ignored, for it would leave the old fleet half-way; while it is kept ask for rollback, and pause holds it as it is',
      ),
    );
  }

  situation(): Situation {
    const { phase, pause } = this.progress;
    const goingBack = this.goingBack || this.backAsked !== null;
    const { previousImageId } = undoneBy(this.input);
    return { phase, paused: pause !== null, goingBack, decided: true, waiting: null, previousImageId };
  }

  intend(verb: Verb, asked: ControlRequest): void {
    const sinceMs = Date.now();
    switch (verb) {
      case 'pause':
        this.progress.pause = { ...asked, sinceMs, untilMs: sinceMs + this.service.limits.pauseSeconds * 1000 };
        return;
      case 'resume':
        this.resume();
        return;
      case 'promote':
        this.state.promoted = true;
        return;
      case 'rollback':
        if (this.progress.phase !== 'keep') return this.deployPrevious(asked);
        this.backAsked = asked;
        this.backRuling = null;
        return;
      case 'abort':
        throw new Error('an abort of a drain was taken, which the table refuses');
    }
  }

  private deployPrevious(asked: ControlRequest): void {
    const recorded = this.progress.requests.at(-1);
    this.lateRollbacks.ask(asked, (ruling) => {
      if (recorded) recorded.ruling = ruling.kind;
      this.notice(`rollback ${ruling.kind}: ${ruling.text}`);
      if (ruling.kind === 'refused') tellRefusedRollback(this.teller, ruling.text);
    });
  }

  /** A way back is answered when it is known whether somebody else is at work there, or what deploys the version before. */
  async confirm(verb: Verb): Promise<Ruling | null> {
    if (verb !== 'rollback') return null;
    if (this.lateRollbacks.last !== null) return this.lateRollbacks.last;
    // It was heard by the run before this one.
    if (this.backAsked === null && this.backRuling === null) return null;
    // Also after a cancel, which is ignored: it would end a wait here.
    await CancellationScope.nonCancellable(() => condition(() => this.backRuling !== null));
    return this.backRuling;
  }

  /** A keep stands still while it is paused. */
  private resume(): void {
    const { pause, phase } = this.progress;
    if (pause && phase === 'keep') this.progress.keepUntilMs += Date.now() - pause.sinceMs;
    this.progress.pause = null;
  }

  /** Nothing but Temporal's own clock runs against a pause. */
  endLatePause(): void {
    const { pause } = this.progress;
    if (!pause || Date.now() < pause.untilMs) return;
    this.notice('the pause has reached its limit (limits.pause); it goes on');
    this.resume();
  }

  /** The way back has begun: nothing else is heard from here on. */
  takeBack(reason: string): void {
    this.teller.tell({ event: 'rolling-back', reason });
    this.goingBack = true;
    this.backAsked = null;
    this.backRuling = { kind: 'taken', text: 'the traffic goes back to the old fleet' };
    this.progress.pause = null;
    this.limitSeconds = this.service.limits.rollbackSeconds;
  }

  refuseBack(text: string): void {
    this.backAsked = null;
    this.backRuling = { kind: 'refused', text };
    const asked = [...this.progress.requests].reverse().find((one) => one.verb === 'rollback');
    if (asked) asked.ruling = 'refused';
    this.notice(`rollback refused: ${text}`);
    tellRefusedRollback(this.teller, text);
  }

  enter(phase: DrainProgress['phase']): void {
    if (this.progress.phase !== phase) {
      this.progress.phase = phase;
      this.progress.phaseSinceMs = Date.now();
      this.notice(`phase ${phase}`);
    }
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
  }

  notice(text: string): void {
    const { progress } = this;
    progress.notices = [...progress.notices, { atMs: Date.now(), text }].slice(-noticesKept);
    log.info(text, { drain: progress.drainId, phase: progress.phase });
    setCurrentDetails(`**${progress.phase}** ${progress.groupName} – ${text}`);
  }

  /** Something takes longer than the service file says; told once in each stage. */
  late(text: string): void {
    const { stage } = this.state.place;
    const isNew = !this.progress.late || (this.state.lateIn !== stage && patched('late-in-each-stage'));
    if (isNew) this.teller.tell({ event: 'late', reason: text });
    this.progress.late = true;
    this.state.lateIn = stage;
    this.notice(text);
  }

  /** The run may end: Temporal has all that it said. */
  handedOver(): Promise<void> {
    return this.teller.handedOver();
  }

  /** Nobody waits for an answer of this run. */
  get hasAnswered(): boolean {
    return allHandlersFinished() && this.lateRollbacks.areAnswered;
  }

  rememberFreeze(minSize: number): void {
    const { frozenMinSizes } = this.state;
    if (!frozenMinSizes.includes(minSize)) frozenMinSizes.push(minSize);
  }

  /** @param limitSeconds after so long without success the call is given up */
  write(summary: string, limitSeconds = this.limitSeconds): Activities {
    return writers({ ...this.caller(), limitSeconds }, summary);
  }

  watch<Answer>(summary: string, call: (activities: Activities) => Promise<Answer>): Promise<Answer | Interrupted> {
    return watch(this.caller(), summary, call, () => false);
  }

  caller(): Caller {
    return { timeouts: this.input.timeouts, direction: 'back', limitSeconds: this.limitSeconds };
  }

  lease(arns: string[]): Promise<LeaseAnswer> {
    return acquireLeases({ arns, timeouts: this.input.timeouts });
  }

  untilLetGo(taken: Holder, untilMs: number) {
    const { timeouts, service } = this.input;
    const { holder, thing } = taken;
    this.notice(`waiting: ${holder} holds ${thing}`);
    const everySeconds = service.pollSeconds;
    return untilLetGo({ holder, thing, timeouts, everySeconds, untilMs, interrupted: () => false });
  }

  release(leases: readonly HeldLease[]): Promise<void> {
    return releaseLeases({ leases, timeouts: this.input.timeouts });
  }

  /** Waits out a pause; then goes over to a new run when the history has grown long. */
  async between(): Promise<void> {
    while (this.progress.pause) {
      await condition(() => this.progress.pause === null, Math.max(0, this.progress.pause.untilMs - Date.now()));
      this.endLatePause();
    }
    await this.renewIfDue();
  }

  async renewIfDue(): Promise<void> {
    if (!workflowInfo().continueAsNewSuggested) return;
    await this.handedOver();
    // A way back that waits for its answer comes first: the main loop gives it.
    await condition(() => this.hasAnswered || this.backAsked !== null);
    if (this.backAsked) return;
    await continueAsNew<(input: DrainInput) => Promise<DrainResult>>({ ...this.input, carried: this.state });
  }

  finish(
    ending: DrainResult['ending'],
    reason: string,
    extra: { repairs?: string[]; trafficRestoredAtMs?: number | null } = {},
  ): DrainResult {
    const { drainId, groupName } = this.progress;
    const { repairs = [], trafficRestoredAtMs = null } = extra;
    const result: DrainResult = { drainId, groupName, ending, reason, trafficRestoredAtMs, repairs };
    this.enter('finished');
    this.notice(`${ending}: ${reason}`);
    if (ending === 'rolled-back' || ending === 'needs-attention')
      upsertSearchAttributes([{ key: searchAttributes.outcome, value: ending }]);
    if (ending === 'rolled-back' || repairs.length > 0)
      this.teller.tell({ event: repairs.length > 0 ? 'needs-attention' : 'rolled-back', reason, repairs });
    upsertMemo({ report: result });
    return result;
  }
}
