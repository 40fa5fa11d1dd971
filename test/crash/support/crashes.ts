/** The ways in which an attempt at an activity can be cut off at one of its mutations, and what comes after it. */
import type { CloudState } from '../../../sandbox/state/cloud-state';
import type { Beginning } from '../../../dev/ledger/facts';
import { readBeginning } from '../../../dev/ledger/read-beginning';
import { ledgerBreaches } from '../../../dev/ledger/rules';
import type { Scenario } from './scenarios';
import { closeStage, openStage, type Stage } from './stage';
import { TestWorker, timeouts, type ActivityName, type InputOf } from './test-worker';
import { readable, wholeView, type WholeView } from './whole-view';

export const crashes = [
  'a lost request',
  'a lost request, then another worker',
  'a lost reply',
  'a lost reply, then another worker',
  'the death of its worker before',
  'the death of its worker before, applied while another worker is at it',
  'the death of its worker before, applied after another worker was done',
  'the death of its worker after',
] as const;
export type Crash = (typeof crashes)[number];

/** One mutation of an activity: the `nth` (from 0) of its name, the `index`th (from 0) of all calls. */
export interface Mutation {
  operation: string;
  nth: number;
  index: number;
}

/** What must be the same however it was reached. */
export interface Ending {
  answer: unknown;
  view: WholeView;
  everExisted: Record<string, number>;
  breaches: string[];
}

/** As often as a call is tried inside of one attempt. */
const sdkTries = 3;
const attemptsAtMost = 3;

export class Rehearsal {
  private readonly attempts: Promise<unknown>[] = [];
  private worker: TestWorker;

  private constructor(
    readonly stage: Stage,
    private readonly scenario: Scenario,
    private readonly input: InputOf<ActivityName>,
    private readonly before: CloudState,
    private readonly beginning: Beginning,
  ) {
    this.worker = stage.worker;
  }

  static async open(scenario: Scenario): Promise<Rehearsal> {
    const stage = await openStage(scenario.stage);
    const input = await scenario.arrange(stage);
    await stage.cloud.settle();
    const beginning = await readBeginning(stage.cloud.url, stage.service.region);
    return new Rehearsal(stage, scenario, input, stage.cloud.snapshot(), beginning);
  }

  async close(): Promise<void> {
    this.worker.die();
    await Promise.all(this.attempts);
    await closeStage(this.stage);
  }

  /** The ending without any disturbance, and the mutations on the way there. */
  async undisturbed(): Promise<{ ending: Ending; mutations: Mutation[]; reads: string[] }> {
    this.stage.cloud.restore(this.before);
    const answer = await this.attempt();
    const names = this.stage.cloud.holds.calls.map((call) => call.operation);
    const mutations = names.flatMap((operation, index): Mutation[] => {
      if (/^(Describe|Get)/.test(operation)) return [];
      return [{ operation, index, nth: names.slice(0, index).filter((name) => name === operation).length }];
    });
    const reads = [...new Set(names.filter((name) => name.startsWith('Describe')))];
    return { ending: await this.ending(answer), mutations, reads };
  }

  /** Crashes at one mutation, then has the activity called again. */
  async crash(crash: Crash, mutation: Mutation): Promise<Ending> {
    this.stage.cloud.restore(this.before);
    switch (crash) {
      case 'a lost request':
      case 'a lost reply':
        await this.loses(crash, mutation);
        break;
      case 'a lost request, then another worker':
      case 'a lost reply, then another worker':
        await this.loses(crash.startsWith('a lost request') ? 'a lost request' : 'a lost reply', mutation);
        await this.replaceWorker();
        break;
      case 'the death of its worker before':
        await this.diesAt('before', mutation);
        break;
      case 'the death of its worker before, applied while another worker is at it':
        return this.ending(await this.overtaken(mutation));
      case 'the death of its worker before, applied after another worker was done':
        return this.ending(await this.late(mutation));
      case 'the death of its worker after':
        (await this.diesAt('after', mutation)).release();
    }
    return this.ending(await this.attempt());
  }

  /**
   * Freezes the worker just before it would send a mutation, for longer than its attempt may last, and lets it go on when
   * another worker has done the work. @param jump moves the clock on
   */
  async freeze(mutation: Mutation, jump: (ms: number) => void): Promise<{ ending: Ending; frozen: unknown }> {
    const { cloud } = this.stage;
    cloud.restore(this.before);
    const hold = cloud.holds.hold('after', (_, index) => index === mutation.index - 1);
    const attempt = this.attempt().catch((error: unknown) => error);
    await hold.reached;
    jump(timeouts.writerSeconds * 1000);
    const other = await TestWorker.start(cloud.url);
    const answer = await other.call(this.scenario.activity, this.input);
    hold.release();
    const frozen = await attempt;
    other.die();
    return { ending: await this.ending(answer), frozen };
  }

  /**
   * One read answers as before the last mutation of a name: the `skip`th that can. What fails is tried again, and the work
   * is asked for once more when it is done, as after a lost reply.
   */
  async stale(read: {
    operation: string;
    since: string;
    skip: number;
  }): Promise<{ ending: Ending; isHit: boolean; failures: unknown[] }> {
    const { cloud } = this.stage;
    cloud.restore(this.before);
    const fault = cloud.faults.add({ ...read, kind: 'stale-read' });
    const failures: unknown[] = [];
    for (let done = 0; done < 2 && failures.length < attemptsAtMost;) {
      await this.attempt().then(
        () => done++,
        (error: unknown) => failures.push(error),
      );
    }
    const isHit = cloud.faults.list().some(({ id, hits }) => id === fault.id && hits > 0);
    return { ending: await this.ending(null), isHit, failures };
  }

  /** The whole attempt fails: the disturbance outlasts the SDK's own tries. */
  private async loses(what: 'a lost request' | 'a lost reply', { operation, nth }: Mutation): Promise<void> {
    const { faults } = this.stage.cloud;
    const isReply = what === 'a lost reply';
    if (isReply) faults.add({ operation, kind: 'lost-reply', skip: nth });
    const skip = isReply ? nth + 1 : nth;
    faults.add({ operation, kind: 'lost-request', skip, times: sdkTries });
    const answer = await this.attempt().then(
      () => 'an answer',
      () => null,
    );
    if (answer !== null) throw new Error(`the attempt survived ${what} of ${operation} #${nth + 1}`);
    faults.remove();
  }

  /** The worker is gone while the call is held; what the hold does with the call is the caller's business. */
  private async diesAt(at: 'before' | 'after', mutation: Mutation) {
    const hold = this.stage.cloud.holds.hold(at, (_, index) => index === mutation.index);
    this.abandon(this.attempt());
    await hold.reached;
    await this.replaceWorker();
    return hold;
  }

  /** The dead worker's write lands between the decision of the next attempt and its write. */
  private async overtaken(mutation: Mutation): Promise<unknown> {
    const { holds } = this.stage.cloud;
    const first = await this.diesAt('before', mutation);
    const second = holds.hold('before', ({ operation }) => operation === mutation.operation);
    const next = this.attempt();
    await Promise.race([second.reached, next]);
    await this.land(first);
    second.release();
    return next;
  }

  /** The dead worker's write lands when the next attempt has answered. */
  private async late(mutation: Mutation): Promise<unknown> {
    const first = await this.diesAt('before', mutation);
    const answer = await this.attempt();
    await this.land(first);
    return answer;
  }

  private async land(held: { release: () => void }): Promise<void> {
    const landed = this.stage.cloud.nextEntry();
    held.release();
    await landed;
  }

  private async replaceWorker(): Promise<void> {
    this.worker.die();
    this.worker = await TestWorker.start(this.stage.cloud.url);
  }

  private attempt(): Promise<unknown> {
    return this.worker.call(this.scenario.activity, this.input);
  }

  /** What becomes of it nobody will hear; it must only be over before the test is. */
  private abandon(attempt: Promise<unknown>): void {
    this.attempts.push(attempt.catch(() => undefined));
  }

  private async ending(answer: unknown): Promise<Ending> {
    const { cloud } = this.stage;
    await cloud.settle();
    const deletable = this.scenario.stage?.oldGroup === 'delete' ? [this.stage.plan.old.groupName] : [];
    return {
      answer: readable(cloud.cloud, answer),
      view: wholeView(cloud.cloud),
      everExisted: cloud.everExisted(),
      breaches: ledgerBreaches({ ledger: cloud.entries(), beginning: this.beginning, deletable }),
    };
  }
}
