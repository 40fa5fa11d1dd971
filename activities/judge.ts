/** Guarding one stretch: metrics, health and weights are watched together until there is something to decide. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { readFleetSums } from './fleet-metrics';
import { pause, report, watcher } from './roles';
import { existingPairs } from './target-group';
import { foreignEdits, healthyCount, readRoutes } from './traffic';
import { AwsCallError } from '../clients/aws/errors';
import type { AwsSession } from '../clients/aws/sessions';
import type { Hold, JudgeReport, LiveReport } from '../domain/deployment';
import { decideStretch, type StretchDecision } from '../domain/judge/decide-stretch';
import { foldStretch, judgeReportOf, periodsToRead, refoldStretch } from '../domain/judge/fold-stretch';
import type { PeriodSums } from '../domain/judge/rows';
import { guardSettingsOf, type GuardSettings } from '../domain/judge/settings';
import { currentStretch, type GuardState } from '../domain/judge/stretch';
import { neededHealthy } from '../domain/steps';

export interface GuardInput extends OnPlan {
  state: GuardState;
  /** Servers that new should have. */
  newWanted: number;
  /** The hold that is already known: the guard answers when it is over, and not again because of it. */
  holding: Hold['reason'] | null;
  /** Answers `expired` then. */
  deadlineMs: number;
}

export type GuardAnswer =
  | { kind: 'harmful'; sentence: string; report: JudgeReport }
  | { kind: 'unhealthy'; detail: string }
  | { kind: 'advance'; verdict: 'healthy' | 'undecided'; state: GuardState; report: JudgeReport }
  | { kind: 'low-traffic'; detail: string; state: GuardState; report: JudgeReport }
  | { kind: 'hold'; reason: Hold['reason']; detail: string }
  | { kind: 'cleared' }
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
  private sickReads = 0;
  private misses = { inARow: 0, detail: '' };
  /** Whether this attempt has seen metrics: only then can it tell that they are back. */
  private hasRead = false;

  constructor(
    private readonly aws: AwsSession,
    private readonly input: GuardInput,
  ) {
    this.settings = guardSettingsOf(input.service, input.plan);
    this.state = input.state;
  }

  /** One look at everything; null while there is nothing to tell. */
  async look(nowMs: number): Promise<GuardAnswer | null> {
    await this.fold(nowMs);
    const decision = await this.decide(nowMs);
    if (decision.kind === 'harmful') return decision;
    const fleets = await this.readFleets();
    report({ ...fleets.counts, judge: judgeReportOf(this.state, this.settings) } satisfies LiveReport);
    if (fleets.sickness !== null) return { kind: 'unhealthy', detail: fleets.sickness };
    const hold = fleets.foreign ?? this.missesHold();
    if (hold) return this.unlessKnown(hold);
    return decision.kind === 'hold' ? this.unlessKnown(decision) : this.answerTo(decision);
  }

  private unlessKnown(hold: Extract<GuardAnswer, { kind: 'hold' }>): GuardAnswer | null {
    return hold.reason === this.input.holding ? null : hold;
  }

  private answerTo(decision: Exclude<StretchDecision, { kind: 'harmful' | 'hold' }>): GuardAnswer | null {
    const { holding } = this.input;
    const handedOn = { state: this.state, report: judgeReportOf(this.state, this.settings) };
    switch (decision.kind) {
      case 'advance':
        return { kind: 'advance', verdict: decision.verdict, ...handedOn };
      case 'low-traffic':
        return holding === 'no-evidence' ? null : { kind: 'low-traffic', detail: decision.detail, ...handedOn };
      case 'wait':
        if (holding === null || holding === 'no-evidence') return null;
        return holding === 'unmeasurable' && !this.hasRead ? null : { kind: 'cleared' };
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
      if (!periods) return this.missed('CloudWatch answered only in part');
      this.misses = { inARow: 0, detail: '' };
      this.hasRead = true;
      return periods;
    } catch (error) {
      // Health and weights are still watched while CloudWatch is away.
      if (error instanceof AwsCallError) return this.missed(error.message);
      throw error;
    }
  }

  private missed(detail: string): null {
    this.misses = { inARow: this.misses.inARow + 1, detail };
    return null;
  }

  private missesHold(): Extract<GuardAnswer, { kind: 'hold' }> | null {
    if (this.misses.inARow <= missesTolerated) return null;
    const detail = `the metrics could not be read ${this.misses.inARow} times in a row: ${this.misses.detail}`;
    return { kind: 'hold', reason: 'unmeasurable', detail };
  }

  private async readFleets() {
    const { plan, newWanted } = this.input;
    const { newPercent } = currentStretch(this.state);
    const pairs = await existingPairs(this.aws, plan);
    const [routes, oldCounts, newCounts] = await Promise.all([
      readRoutes(this.aws, plan, pairs),
      Promise.all(pairs.map((pair) => healthyCount(this.aws, pair.oldArn))),
      Promise.all(pairs.map((pair) => healthyCount(this.aws, pair.newArn))),
    ]);
    const counts = { oldHealthy: Math.min(...oldCounts), newHealthy: Math.min(...newCounts) };
    const needed = neededHealthy({ wantedServers: newWanted, newPercent });
    this.sickReads = counts.newHealthy < needed ? this.sickReads + 1 : 0;
    const edits = foreignEdits(routes, [newPercent]);
    return {
      counts,
      sickness:
        this.sickReads >= sickReadsNeeded
          ? `${counts.newHealthy} servers of new are healthy, ${needed} are needed for ${newPercent} % of the traffic`
          : null,
      foreign:
        edits.length > 0 ? { kind: 'hold' as const, reason: 'foreign-edit' as const, detail: edits.join('; ') } : null,
    };
  }
}
