/** The sandbox without servers, in this process, with a state that can be put back: one for many crashes. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { LaunchFailures } from '../../../sandbox/autoscaling/launch-failures';
import { Reconciler } from '../../../sandbox/autoscaling/reconciler';
import { CallCounts } from '../../../sandbox/control/call-counts';
import { Faults } from '../../../sandbox/control/faults';
import { History } from '../../../sandbox/control/history';
import { Ledger } from '../../../sandbox/control/ledger';
import type { LedgerEntry } from '../../../sandbox/control/types';
import { AwsApi } from '../../../sandbox/server/aws-api';
import { createHttpServer } from '../../../sandbox/server/http-server';
import { createServices } from '../../../sandbox/server/services';
import { Cloud } from '../../../sandbox/state/cloud';
import type { CloudState } from '../../../sandbox/state/cloud-state';
import { steadyReport } from '../../../sandbox/state/steady';
import { buildWorld } from '../../../sandbox/world/build-world';
import { loadWorld } from '../../../sandbox/world/load';
import type { World } from '../../../sandbox/world/schema';
import { CallHolds } from './call-holds';
import { StillDataPlane } from './still-data-plane';

/** Nothing that it executes itself takes time. */
const speed = 1_000_000;
const turnsUntilSteady = 200;

export class CrashCloud {
  readonly faults = new Faults();
  readonly holds = new CallHolds();
  private readonly ledger = new Ledger();
  private ledgerFrom = 0;
  /** Everything that existed at some time since the last restore, by kind and identifier. */
  private readonly seen = new Set<string>();
  private readonly reconciler: Reconciler;
  private readonly app: FastifyInstance;
  url = '';

  private constructor(
    readonly cloud: Cloud,
    readonly dataPlane: StillDataPlane,
  ) {
    const launchFailures = new LaunchFailures();
    const { faults, ledger, holds: barriers } = this;
    this.reconciler = new Reconciler(cloud, launchFailures);
    const history = new History(cloud.state, faults);
    const calls = new CallCounts();
    const parts = { cloud, faults, ledger, calls, barriers, launchFailures, history, reconciler: this.reconciler };
    this.app = createHttpServer(new AwsApi({ ...parts, services: createServices(cloud) }), parts);
    ledger.events.on('entry', () => this.look());
  }

  static async open(world: World): Promise<CrashCloud> {
    const { region, account, ...rest } = loadWorld(world);
    const dataPlane = new StillDataPlane();
    const cloud = new Cloud({ region, account, speed, dataPlane });
    dataPlane.follow(cloud);
    const opened = new CrashCloud(cloud, dataPlane);
    await buildWorld(cloud, { region, account, ...rest });
    opened.url = await opened.app.listen({ host: '127.0.0.1', port: 0 });
    await opened.settle();
    return opened;
  }

  snapshot(): CloudState {
    return structuredClone(this.cloud.state);
  }

  /** As it was then, with nothing held or disturbed, and an empty record of what happens from now on. */
  restore(snapshot: CloudState): void {
    this.holds.reset();
    this.faults.remove();
    Object.assign(this.cloud.state, structuredClone(snapshot));
    this.ledgerFrom = this.ledger.after(0).length;
    this.seen.clear();
    this.look();
  }

  /** Mutations since the last restore, refused ones too. */
  entries(): LedgerEntry[] {
    return this.ledger.after(this.ledgerFrom);
  }

  /** Resolves with the next mutation that is applied or refused. */
  nextEntry(): Promise<LedgerEntry> {
    return new Promise((resolve) => this.ledger.events.once('entry', resolve));
  }

  /** How many of each kind ever existed since the last restore: more than in an undisturbed run is one made twice. */
  everExisted(): Record<string, number> {
    const kinds = [...this.seen].map((key) => key.split(' ')[0] ?? '');
    return Object.fromEntries(
      ['group', 'targetGroup', 'template', 'instance'].map((kind) => [
        kind,
        kinds.filter((one) => one === kind).length,
      ]),
    );
  }

  /** Lets the groups reach what they want. @throws Error when they do not */
  async settle(): Promise<void> {
    for (let turn = 0; turn < turnsUntilSteady; turn++) {
      this.reconciler.tick();
      await nextTurn();
      if (steadyReport(this.cloud).steady) return this.look();
    }
    throw new Error(`the cloud does not become steady: ${steadyReport(this.cloud).waitingFor.join('; ')}`);
  }

  async close(): Promise<void> {
    this.holds.reset();
    await this.app.close();
  }

  private look(): void {
    const { groups, targetGroups, templates, instances } = this.cloud.state;
    for (const { arn } of groups.values()) this.seen.add(`group ${arn}`);
    for (const arn of targetGroups.keys()) this.seen.add(`targetGroup ${arn}`);
    for (const id of templates.keys()) this.seen.add(`template ${id}`);
    for (const id of instances.keys()) this.seen.add(`instance ${id}`);
  }
}
