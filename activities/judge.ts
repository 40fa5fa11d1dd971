/** Guarding one stretch: metrics, health and weights are watched together until there is something to decide. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { readFleetSums } from './fleet-metrics';
import { pause, refusalThatMayPass, report, watcher } from './roles';
import { existingPairs } from './target-group';
import { foreignEdits, healthyCount, readRoutes } from './traffic';
import { AwsCallError } from '../clients/aws/errors';
import type { AwsSession } from '../clients/aws/sessions';
import type { JudgeReport, LiveReport } from '../domain/deployment';
import {
  lingeringHolds,
  sameReasons,
  standingHolds,
  type ClearSince,
  type HoldFinding,
  type KnownHold,
} from '../domain/holds';
import { decidePromoted, decideStretch, type StretchDecision } from '../domain/judge/decide-stretch';
import { foldStretch, judgeReportOf, periodsToRead, refoldStretch } from '../domain/judge/fold-stretch';
import type { PeriodSums } from '../domain/judge/rows';
import { guardSettingsOf, type GuardSettings } from '../domain/judge/settings';
import { currentStretch, type GuardState } from '../domain/judge/stretch';
import { neededHealthy, oldNeeds, oldNeedsForAll } from '../domain/steps';

export interface GuardInput extends OnPlan {
  state: GuardState;
  /** Servers that new should have. */
  newWanted: number;
  /** Shares that a route may have: the one in force, and one that is being written. */
  ourPercents: number[];
  /** The holds that are known: the guard answers when others stand, and not again because of these. */
  holding: KnownHold[];
  /** Somebody passes this stretch: only harm, health and foreign edits still count. */
  promoted: boolean;
  /** Old is known to be bad: that it fails holds nothing. */
  hotfix: boolean;
  /** Answers `expired` then, after one more look. */
  deadlineMs: number;
}

export type GuardAnswer =
  | { kind: 'harmful'; sentence: string; report: JudgeReport }
  | { kind: 'unhealthy'; detail: string }
  | { kind: 'advance'; verdict: 'healthy' | 'undecided' | 'promoted'; state: GuardState; report: JudgeReport }
  /** Too few requests, and `shift.lowTraffic` does not say to hold. */
  | { kind: 'low-traffic'; detail: string; state: GuardState; report: JudgeReport }
  /** Everything that holds the split now; empty when nothing does any more. */
  | { kind: 'holds'; holds: HoldFinding[]; report: JudgeReport }
  | { kind: 'expired' };

/** Sick reads in a row that are believed; one may be a balancer that is just changing. */
const sickReadsNeeded = 2;
const missesTolerated = 3;

export function createJudgeActivities(deps: ActivityDeps) {
  return {
    guardStretch: watcher(async (input: GuardInput): Promise<GuardAnswer> => {
      const guard = new Guard(sessionOf(deps, input.service), input);
      const { periodSeconds } = input.service.judge;
      for (;;) {
        const answer = await guard.look(Date.now());
        if (answer) return answer;
        if (Date.now() >= input.deadlineMs) return { kind: 'expired' };
        await pause(Math.min(periodSeconds, input.service.pollSeconds));
      }
    }),
  };
}

/** What one attempt at a stretch has seen. A new attempt starts again from the state it is given. */
class Guard {
  private readonly settings: GuardSettings;
  private state: GuardState;
  /** First readings of the periods folded since the start, for the comparison before the stretch is passed. */
  private read: PeriodSums[] = [];
  private sickReads = { ofNew: 0, ofOld: 0 };
  private readonly metrics = new Reads('the metrics');
  private readonly fleets = new Reads('the health of the fleets and the weights');
  private clearSince: ClearSince = {};
  /** Whether this attempt has seen metrics: only then can it tell what they no longer show. */
  private hasRead = false;

  constructor(
    private readonly aws: AwsSession,
    private readonly input: GuardInput,
  ) {
    const { balancerErrorRate } = input.plan;
    this.settings = guardSettingsOf(input.service, { balancerErrorRate, hotfix: input.hotfix });
    this.state = input.state;
    // What is known to be sick stays so until it is seen to be well.
    if (input.holding.some(({ reason }) => reason === 'old-unhealthy')) this.sickReads.ofOld = sickReadsNeeded;
  }

  /** One look at everything; null while there is nothing to tell. */
  async look(nowMs: number): Promise<GuardAnswer | null> {
    await this.fold(nowMs);
    const decision = await this.decide(nowMs);
    if (decision.kind === 'harmful') return decision;
    const fleets = await this.seeFleets();
    report({ ...fleets.shown, judge: judgeReportOf(this.state, this.settings) } satisfies LiveReport);
    if (fleets.sickness !== null) return { kind: 'unhealthy', detail: fleets.sickness };
    const holds = this.holdsNow(decision, fleets.holds, nowMs);
    if (!sameReasons(holds, this.input.holding))
      return { kind: 'holds', holds, report: judgeReportOf(this.state, this.settings) };
    return holds.length > 0 || this.fleets.missed > 0 ? null : this.answerTo(decision);
  }

  private holdsNow(decision: StretchDecision, ofFleets: HoldFinding[], nowMs: number): HoldFinding[] {
    const { promoted, holding: known } = this.input;
    const hasReadFleets = this.fleets.missed === 0;
    const ofMetrics = [...this.metrics.hold(), ...heldBy(decision, this.input.service.shift.lowTraffic)];
    // A promote ends them, and passes a sick old fleet. Over somebody else's weights, or unseen ones, nothing is written.
    const found = promoted ? ofFleets : [...ofFleets, ...ofMetrics];
    const standing = standingHolds({ known, found, hasReadMetrics: promoted || this.hasRead, hasReadFleets });
    if (promoted) return standing.filter(({ reason }) => reason !== 'old-unhealthy');
    // At its limit a hold counts only while it is found.
    return nowMs >= this.input.deadlineMs ? standing : this.withLingering(standing, nowMs);
  }

  private withLingering(found: HoldFinding[], nowMs: number): HoldFinding[] {
    const { holding: known } = this.input;
    const { periodSeconds } = this.settings;
    const { holds, clearSince } = lingeringHolds({ known, found, clearSince: this.clearSince, nowMs, periodSeconds });
    this.clearSince = clearSince;
    return holds;
  }

  private answerTo(decision: StretchDecision): GuardAnswer | null {
    const handedOn = { state: this.state, report: judgeReportOf(this.state, this.settings) };
    switch (decision.kind) {
      case 'advance':
        // What could not be read a moment ago is tried again; metrics that stay away keep nobody from promoting.
        if (this.metrics.missed > 0 && this.metrics.missed <= missesTolerated) return null;
        return { kind: 'advance', verdict: decision.verdict, ...handedOn };
      case 'low-traffic':
        return { kind: 'low-traffic', detail: decision.detail, ...handedOn };
      default:
        return null;
    }
  }

  private async fold(nowMs: number): Promise<void> {
    const window = periodsToRead(this.state, this.settings, nowMs);
    if (!window) return;
    const periods = await this.readPeriods(window);
    if (!periods) return;
    this.state = foldStretch(this.state, periods, this.settings, nowMs);
    this.read.push(...periods);
  }

  /** Before a stretch is passed its rows are read again; where one changed, all are folded anew and it lasts longer. */
  private async decide(nowMs: number): Promise<StretchDecision> {
    if (this.input.promoted) return decidePromoted(this.state, this.settings, nowMs);
    const decision = decideStretch(this.state, this.settings, nowMs);
    if (decision.kind !== 'advance') return decision;
    const reread = await this.readPeriods({ startMs: this.input.state.cursorMs, endMs: this.state.cursorMs });
    if (!reread) return { kind: 'wait' };
    const refold = refoldStretch(
      { atStart: this.input.state, folded: this.state, read: this.read, reread },
      this.settings,
      nowMs,
    );
    if (refold.kind === 'unchanged') return decision;
    this.state = refold.state;
    this.read = reread;
    return decideStretch(this.state, this.settings, nowMs);
  }

  private async readPeriods(window: { startMs: number; endMs: number }): Promise<PeriodSums[] | null> {
    const { periodSeconds } = this.settings;
    try {
      const periods = await readFleetSums(this.aws, this.input.plan, { periodSeconds, ...window });
      if (!periods) return this.metrics.miss('they could be read only in part');
      this.metrics.succeed();
      this.hasRead = true;
      return periods;
    } catch (error) {
      // Health and weights are still watched while CloudWatch is away, whatever it refuses.
      return this.metrics.miss(error instanceof AwsCallError ? error.message : refusalThatMayPass(error));
    }
  }

  /** What cannot be read holds the split, as what is wrong does. */
  private async seeFleets(): Promise<{ shown: LiveReport; sickness: string | null; holds: HoldFinding[] }> {
    try {
      const seen = await this.readFleets();
      this.fleets.succeed();
      return seen;
    } catch (error) {
      const text = refusalThatMayPass(error);
      this.fleets.miss(text);
      return { shown: { text }, sickness: null, holds: this.fleets.hold() };
    }
  }

  private async readFleets() {
    const { plan, ourPercents } = this.input;
    const pairs = await existingPairs(this.aws, plan);
    const [routes, oldCounts, newCounts] = await Promise.all([
      readRoutes(this.aws, plan, pairs),
      Promise.all(pairs.map((pair) => healthyCount(this.aws, pair.oldArn))),
      Promise.all(pairs.map((pair) => healthyCount(this.aws, pair.newArn))),
    ]);
    const counts = { oldHealthy: Math.min(...oldCounts), newHealthy: Math.min(...newCounts) };
    const edits = foreignEdits(routes, ourPercents);
    const foreign: HoldFinding[] = edits.length === 0 ? [] : [{ reason: 'foreign-edit', detail: edits.join('; ') }];
    return { shown: counts, sickness: this.sicknessOfNew(counts), holds: [...foreign, ...this.sicknessOfOld(counts)] };
  }

  private sicknessOfNew({ newHealthy }: { newHealthy: number }): string | null {
    const { newPercent } = currentStretch(this.state);
    const needed = neededHealthy({ wantedServers: this.input.newWanted, newPercent });
    this.sickReads.ofNew = newHealthy < needed ? this.sickReads.ofNew + 1 : 0;
    if (this.sickReads.ofNew < sickReadsNeeded) return null;
    return `${newHealthy} servers of new are healthy, ${needed} are needed for ${newPercent} % of the traffic`;
  }

  private sicknessOfOld({ oldHealthy }: { oldHealthy: number }): HoldFinding[] {
    const { newPercent } = currentStretch(this.state);
    const { plan, newWanted } = this.input;
    const { groupName } = plan.old;
    const healthyForAll = oldNeedsForAll({ planned: plan.old, sizesSince: [newWanted] });
    const needed = oldNeeds({ healthyForAll, newPercent });
    this.sickReads.ofOld = oldHealthy < needed ? this.sickReads.ofOld + 1 : 0;
    if (this.input.hotfix || this.sickReads.ofOld < sickReadsNeeded) return [];
    const detail = `${oldHealthy} servers of ${groupName} are healthy, ${needed} are needed for the ${100 - newPercent} % of the traffic that it carries`;
    return [{ reason: 'old-unhealthy', detail }];
  }
}

/** Reads of one kind that failed in a row, up to the newest. */
class Reads {
  missed = 0;
  private detail = '';

  constructor(private readonly what: string) {}

  succeed(): void {
    this.missed = 0;
  }

  miss(detail: string): null {
    this.missed += 1;
    this.detail = detail;
    return null;
  }

  /** One that failed may be followed by one that does not. */
  hold(): HoldFinding[] {
    if (this.missed <= missesTolerated) return [];
    const detail = `${this.what} could not be read ${this.missed} times in a row: ${this.detail}`;
    return [{ reason: 'unmeasurable', detail }];
  }
}

function heldBy(decision: StretchDecision, lowTraffic: 'hold' | 'advance' | 'rollback'): HoldFinding[] {
  if (decision.kind === 'hold') return decision.holds;
  if (decision.kind !== 'low-traffic' || lowTraffic !== 'hold') return [];
  return [{ reason: 'no-evidence', detail: decision.detail }];
}
