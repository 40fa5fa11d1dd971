/** Does to one deployment what its scenario says, each at its moment, until the deployment is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readDeployment } from '../../clients/temporal/read-deployment';
import { TemporalError } from '../../clients/temporal/temporal-error';
import type { Verb } from '../../domain/control';
import { controlSignals } from '../../workflows/messages';
import type { Fault } from '../../sandbox/control/types';
import { callers } from '../ledger/facts';
import { routeWrites } from '../ledger/routes';
import type { Done, Source } from './record';
import type { Control, Disturbance, Moment, Outage, Scenario } from './scenario';
import type { Stage } from './stage';

const lookMs = 100;
/** Shares that no step of a scenario has. */
const editedPercents = [37, 63] as const;

export interface Target {
  stage: Stage;
  scenario: Scenario;
  source: Source;
  deploymentId: string;
}

export class Troubles {
  readonly done: Done[] = [];
  hadOutage = false;
  private readonly over = new AbortController();
  private readonly running: Promise<unknown>;

  constructor(private readonly target: Target) {
    const { control, disturbance, outage, gate } = target.scenario;
    this.running = Promise.all([
      control && this.at(control.moment, () => this.control(control)),
      disturbance && this.at(disturbance.moment, () => this.disturb(disturbance).catch(tooLate)),
      outage && this.at(outage.moment, () => this.suffer(outage)),
      gate === 'promoted' && this.promoteGates(),
    ]);
    // Whoever ends them hears of a failure; until then nobody else may.
    this.running.catch(() => undefined);
  }

  /** What has not begun is left out, what has begun is finished. */
  async end(): Promise<void> {
    this.over.abort();
    await this.running;
  }

  private async at({ afterWrites, delayMs }: Moment, act: () => Promise<void>): Promise<void> {
    const { stage, scenario } = this.target;
    while (stage.feed.writesOf(scenario.service) < afterWrites) {
      if (this.isOver) return;
      await sleep(lookMs);
    }
    await sleep(delayMs);
    if (!this.isOver) await act();
  }

  private get isOver(): boolean {
    return this.over.signal.aborted;
  }

  private note(what: string): void {
    this.done.push({ what, atMs: Date.now() });
  }

  private async control(control: Control): Promise<void> {
    switch (control.verb) {
      case 'abort':
        return this.signal('abort');
      case 'cancel':
        return this.untilTaken(() => this.handle.cancel().then(() => undefined));
      case 'pause':
        await this.signal('pause');
        await sleep(control.resumeAfterMs);
        await this.signal('resume');
    }
  }

  /** An operator's signal: Temporal has it, or the deployment is over. */
  private signal(verb: Verb): Promise<void> {
    return this.untilTaken(() => this.handle.signal(controlSignals[verb], { by: 'campaign' }));
  }

  private async untilTaken(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!this.isOver && !(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
    }
  }

  private get handle() {
    return this.target.stage.temporal.client.workflow.getHandle(this.target.deploymentId);
  }

  private async promoteGates(): Promise<void> {
    const { stage, deploymentId } = this.target;
    while (!this.isOver) {
      const answer = await readDeployment({ temporal: stage.temporal, deploymentId }).catch(notNow);
      if (answer?.kind === 'found' && answer.progress.gate !== null) await this.signal('promote');
      await sleep(10 * lookMs);
    }
  }

  private async disturb(disturbance: Disturbance): Promise<void> {
    const { stage, source, scenario } = this.target;
    const { kind } = disturbance;
    switch (kind) {
      case 'edit-weights':
        return this.editWeights(disturbance.putBackAfterMs);
      case 'shrink-old':
        if (await stage.outsider.shrink(source.group)) this.note(kind);
        return;
      case 'delete-old':
        if (await stage.outsider.deleteGroup(source.group)) this.note(kind);
        return;
      case 'crash-old':
        return this.crash(kind, source.group, disturbance.servers);
      case 'crash-new':
        return this.crash(kind, await stage.outsider.cloneName(scenario.service, source.group), disturbance.servers);
    }
  }

  private suffer({ kind }: Outage): Promise<void> {
    this.hadOutage = true;
    return this.target.stage.workers.outage(kind);
  }

  private async crash(kind: Disturbance['kind'], groupName: string | undefined, which: 'one' | 'all'): Promise<void> {
    const { outsider, sandbox } = this.target.stage;
    const servers = groupName === undefined ? [] : await outsider.serversOf(groupName);
    const crashed = which === 'all' ? servers : servers.slice(0, 1);
    if (crashed.length > 0) this.note(kind);
    for (const id of crashed) await sandbox.admin.crashInstance(id);
  }

  private async editWeights(putBackAfterMs: number | null): Promise<void> {
    const { stage, source, scenario } = this.target;
    const percent = editedPercents[scenario.index % editedPercents.length] ?? editedPercents[0];
    if (!(await stage.outsider.editWeights(scenario.service, source.targetGroupArn, percent))) return;
    this.note('edit-weights');
    if (putBackAfterMs === null) return;
    await sleep(putBackAfterMs);
    if (await stage.outsider.putBack(scenario.service, await this.overwritten(), percent)) this.note('put-back');
  }

  /** Weights, in percent, that the edit has replaced: Fleetshift may have written while the outsider was looking. */
  private async overwritten(): Promise<Record<string, number>> {
    const { stage, scenario } = this.target;
    const ledger = await stage.feed.entriesOf(scenario.service);
    const edit = routeWrites({ ledger, beginning: { routes: {} } })
      .filter(({ ours }) => !ours)
      .at(-1);
    return Object.fromEntries(Object.entries(edit?.before ?? {}).map(([arn, share]) => [arn, Math.round(100 * share)]));
  }
}

/** Temporal is busy: it is asked again. */
function notNow(error: unknown): null {
  if (error instanceof TemporalError) return null;
  throw error;
}

/** What was to be changed is gone, or is in a state that AWS refuses to change. */
function tooLate(error: unknown): void {
  if ((error as { $fault?: string }).$fault !== 'client') throw error;
}

/** Sets the scenario's faults; they hit only Fleetshift's calls about this service. */
export async function setFaults({ sandbox }: Stage, { service, awsFaults }: Scenario): Promise<Fault[]> {
  return Promise.all(
    awsFaults.map((fault) =>
      sandbox.admin.addFault({
        ...fault,
        caller: callers.fleetshift,
        inputContains: service,
        ...(fault.kind === 'stale-read' ? { sinceInputContains: service } : {}),
      }),
    ),
  );
}

/** Removes them, and answers how often each kind has hit. */
export async function liftFaults({ sandbox }: Stage, set: readonly Fault[]): Promise<Record<string, number>> {
  const now = await sandbox.admin.faults();
  const hits: Record<string, number> = {};
  for (const { id, kind } of set) {
    hits[kind] = (hits[kind] ?? 0) + (now.find((fault) => fault.id === id)?.hits ?? 0);
    await sandbox.admin.removeFaults(id);
  }
  return hits;
}
