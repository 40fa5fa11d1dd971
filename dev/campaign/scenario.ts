/** What one run of the campaign is: a deployment, and everything that is done to it. Drawn, plain data. */
import type { FaultKind, FaultSpec } from '../../sandbox/control/types';
import { Dice, seedOfRun } from './dice';

/** How the new version behaves; the image that is deployed. */
export type Version = 'good' | 'bad' | 'broken' | 'never-healthy';

/** When something is done: after so many changes that Fleetshift has made for this service, and a while later. */
export interface Moment {
  afterWrites: number;
  delayMs: number;
}

/** What somebody asks for. A pause is resumed after `resumeAfterMs`. */
export type Control = { moment: Moment } & ({ verb: 'abort' | 'cancel' } | { verb: 'pause'; resumeAfterMs: number });

/** What somebody else, or bad luck, does to the service. */
export type Disturbance = { moment: Moment } & (
  | { kind: 'edit-weights'; putBackAfterMs: number | null }
  | { kind: 'shrink-old' | 'delete-old' }
  | { kind: 'crash-old' | 'crash-new'; servers: 'one' | 'all' }
);

/** What happens to the workers. All services feel it, also those of other runs. */
export interface Outage {
  kind: 'worker-kill' | 'all-workers-kill' | 'worker-freeze';
  moment: Moment;
}

export type AwsFault = Pick<FaultSpec, 'operation' | 'latencyMs'> & {
  kind: FaultKind;
  times: number;
  skip: number;
};

export interface Scenario {
  index: number;
  /** Of this run alone. */
  seed: number;
  /** Name of the service: of this run only. */
  service: string;
  version: Version;
  /** Without requests nothing can be judged. */
  hasTraffic: boolean;
  servers: number;
  /** Listener rules beside the default action. */
  rules: number;
  steps: number[];
  /** Behind the first step; `left`: nobody promotes, and it expires. */
  gate: 'none' | 'promoted' | 'left';
  oldGroup: 'scale-to-zero' | 'delete';
  control: Control | null;
  disturbance: Disturbance | null;
  outage: Outage | null;
  awsFaults: AwsFault[];
}

/** Shares of runs, in percent, with each kind of trouble. */
const shares = { silent: 4, gate: 15, control: 35, disturbance: 35, outage: 12, awsFault: 60 } as const;
const maxAwsFaults = 3;

export function drawScenario(campaignSeed: number, index: number): Scenario {
  const seed = seedOfRun(campaignSeed, index);
  const dice = new Dice(seed);
  return {
    index,
    seed,
    service: serviceName(index),
    version: dice.pick<Version>(['good', 'good', 'good', 'bad', 'broken', 'never-healthy']),
    hasTraffic: !dice.chance(shares.silent),
    servers: dice.whole(2, 4),
    rules: dice.whole(0, 1),
    steps: dice.pick([
      [50, 100],
      [20, 100],
      [10, 50, 100],
    ]),
    gate: dice.chance(shares.gate) ? dice.pick(['promoted', 'left'] as const) : 'none',
    oldGroup: dice.pick(['scale-to-zero', 'delete'] as const),
    control: dice.chance(shares.control) ? drawControl(dice) : null,
    disturbance: dice.chance(shares.disturbance) ? drawDisturbance(dice) : null,
    outage: dice.chance(shares.outage) ? drawOutage(dice) : null,
    awsFaults: dice.chance(shares.awsFault)
      ? Array.from({ length: dice.whole(1, maxAwsFaults) }, () => drawAwsFault(dice))
      : [],
  };
}

/** All of one length, so that none is the beginning of another. */
export function serviceName(index: number): string {
  return `run-${String(index).padStart(6, '0')}`;
}

/** Every service's name, wherever it stands in a text. */
export const serviceNames = /run-\d{6}/g;

/** A deployment makes about 15 changes; moments after the last one are never reached. */
function drawMoment(dice: Dice, firstWrite = 0): Moment {
  return { afterWrites: dice.whole(firstWrite, 14), delayMs: dice.whole(0, 1500) };
}

function drawControl(dice: Dice): Control {
  const verb = dice.pick(['abort', 'abort', 'cancel', 'pause', 'pause'] as const);
  const moment = drawMoment(dice);
  return verb === 'pause' ? { verb, moment, resumeAfterMs: dice.whole(200, 6000) } : { verb, moment };
}

function drawDisturbance(dice: Dice): Disturbance {
  const kind = dice.pick([
    'edit-weights',
    'edit-weights',
    'shrink-old',
    'delete-old',
    'crash-old',
    'crash-new',
  ] as const);
  switch (kind) {
    case 'edit-weights':
      // Before the third write new is in no route, so there is nothing to edit.
      return {
        kind,
        moment: drawMoment(dice, 3),
        putBackAfterMs: dice.chance(70) ? dice.whole(300, 4000) : null,
      };
    case 'crash-old':
    case 'crash-new':
      return {
        kind,
        moment: drawMoment(dice, kind === 'crash-new' ? 5 : 0),
        servers: dice.pick(['one', 'all'] as const),
      };
    default:
      return { kind, moment: drawMoment(dice) };
  }
}

function drawOutage(dice: Dice): Outage {
  const kind = dice.pick(['worker-kill', 'worker-kill', 'all-workers-kill', 'worker-freeze'] as const);
  return { kind, moment: drawMoment(dice) };
}

const reads = [
  'DescribeAutoScalingGroups',
  'DescribeTargetHealth',
  'DescribeRules',
  'DescribeListeners',
  'DescribeTargetGroups',
  'DescribeLaunchTemplates',
  'DescribeTags',
  'DescribeScalingActivities',
] as const;

const writes = [
  'CreateTargetGroup',
  'ModifyTargetGroupAttributes',
  'ModifyListener',
  'ModifyListener',
  'ModifyRule',
  'CreateLaunchTemplate',
  'CreateAutoScalingGroup',
  'UpdateAutoScalingGroup',
  'UpdateAutoScalingGroup',
  'DeleteAutoScalingGroup',
  'DeleteTargetGroup',
] as const;

function drawAwsFault(dice: Dice): AwsFault {
  const kind = dice.pick([
    'throttle',
    'error-500',
    'latency',
    'lost-reply',
    'lost-reply',
    'lost-request',
    'stale-read',
    'stale-read',
  ] as const);
  const isStale = kind === 'stale-read';
  // Metrics and target health are always live, so they cannot be stale.
  const stale = reads.filter((name) => name !== 'DescribeTargetHealth');
  const operation = isStale
    ? dice.pick(stale)
    : dice.chance(40)
      ? dice.pick([...reads, 'GetMetricData'])
      : dice.pick(writes);
  const fault = { kind, operation, times: dice.whole(1, 4), skip: dice.whole(0, isStale ? 8 : 4) };
  return kind === 'latency' ? { ...fault, latencyMs: dice.whole(50, 2500) } : fault;
}
