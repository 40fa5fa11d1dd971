/** A run of a campaign in which everything went well, as plain data; tests break it in one place. */
import { drawScenario, type Scenario } from '../../dev/campaign/scenario';
import type { RunRecord } from '../../dev/campaign/record';
import { callers } from '../../dev/ledger/facts';
import type { LedgerEntry } from '../../sandbox/control/types';
import type { DeploymentResult, DrainResult } from '../../domain/deployment';

export const oldArn = 'arn:old:targetgroup/run-000000/1';
export const newArn = 'arn:new:targetgroup/run-000000-x-1/2';
export const route = 'arn:listener/app/run-000000/1';
const clone = 'run-000000-1-x';
const startMs = 1_000_000;

export const scenario: Scenario = {
  ...drawScenario(1, 0),
  version: 'good',
  hasTraffic: true,
  servers: 2,
  gate: 'none',
  oldGroup: 'delete',
  control: null,
  disturbance: null,
  outage: null,
  awsFaults: [],
};

/** What one call does to the ledger; `atS` seconds after the start. */
export interface Call {
  operation: string;
  input: object;
  atS?: number;
  caller?: string;
  outcome?: string;
  healthy?: Record<string, number>;
}

export function weights(shares: Record<string, number>, call: Partial<Call> = {}): Call {
  const TargetGroups = Object.entries(shares).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  return {
    operation: 'ModifyListener',
    input: { ListenerArn: route, DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] },
    healthy: { [oldArn]: 2, [newArn]: 2 },
    ...call,
  };
}

const tags = [{ Key: 'fleetshift:deployment', Value: 'x' }];
const createTargetGroup: Call = { operation: 'CreateTargetGroup', input: { Name: 'run-000000-x-1', Tags: tags } };
const createTemplate: Call = {
  operation: 'CreateLaunchTemplate',
  input: { LaunchTemplateName: clone, TagSpecifications: [{ Tags: tags }] },
};
export const createGroup: Call = {
  operation: 'CreateAutoScalingGroup',
  input: {
    AutoScalingGroupName: clone,
    ...{ MinSize: 0, DesiredCapacity: 0, TargetGroupARNs: [newArn] },
    Tags: tags,
  },
};
export const sized = (group: 'old' | 'new', size: object, call: Partial<Call> = {}): Call => ({
  operation: 'UpdateAutoScalingGroup',
  input: { AutoScalingGroupName: group === 'old' ? 'run-000000-v1' : clone, ...size },
  ...call,
});
export const deleted = (group: 'old' | 'new', call: Partial<Call> = {}): Call => ({
  operation: 'DeleteAutoScalingGroup',
  input: { AutoScalingGroupName: group === 'old' ? 'run-000000-v1' : clone },
  ...call,
});
export const deletedTargetGroup = (TargetGroupArn: string, call: Partial<Call> = {}): Call => ({
  operation: 'DeleteTargetGroup',
  input: { TargetGroupArn },
  ...call,
});

const made: Call[] = [
  createTargetGroup,
  weights({ [oldArn]: 100, [newArn]: 0 }),
  createTemplate,
  createGroup,
  sized('new', { MinSize: 2, MaxSize: 6 }),
];

/** New gets everything, old goes. */
export const forward: Call[] = [
  ...made,
  sized('old', { MinSize: 2 }),
  weights({ [oldArn]: 50, [newArn]: 50 }),
  weights({ [oldArn]: 0, [newArn]: 100 }, { atS: 10 }),
  sized('new', { MinSize: 1 }, { atS: 10 }),
  weights({ [newArn]: 100 }, { atS: 12 }),
  sized('old', { MinSize: 0, DesiredCapacity: 0 }, { atS: 20 }),
  deleted('old', { atS: 21 }),
];

/** Half-way there, and back. */
export const andBack: Call[] = [
  ...made,
  sized('old', { MinSize: 2 }),
  weights({ [oldArn]: 50, [newArn]: 50 }),
  weights({ [oldArn]: 100, [newArn]: 0 }, { atS: 10 }),
  weights({ [oldArn]: 100 }, { atS: 11 }),
  sized('new', { MinSize: 0, DesiredCapacity: 0 }, { atS: 15 }),
  deleted('new', { atS: 16 }),
  deletedTargetGroup(newArn, { atS: 16 }),
  sized('old', { MinSize: 1 }, { atS: 17 }),
];

export function ledgerOf(calls: readonly Call[]): LedgerEntry[] {
  return calls.map((call, index) => ({
    seq: index + 1,
    atMs: startMs + (call.atS ?? index * 0.01) * 1000,
    caller: call.caller ?? callers.fleetshift,
    service: 'elasticloadbalancing',
    operation: call.operation,
    input: call.input,
    outcome: call.outcome ?? 'applied',
    healthyTargets: call.healthy ?? {},
  }));
}

export const atMs = (seconds: number): number => startMs + seconds * 1000;

export function resultAs(outcome: DeploymentResult['outcome'], change: Partial<DeploymentResult> = {}) {
  return {
    outcome,
    reason: 'because',
    warnings: [],
    repairs: [],
    drainId: null,
    judge: { newRequests: 500 },
    ...change,
  } as unknown as DeploymentResult;
}

const group = { name: clone, min: 1, max: 6, desired: 2, servers: 2 };

/** A success with nothing to say against it. */
export function succeeded(change: Partial<RunRecord> = {}): RunRecord {
  return {
    scenario,
    source: {
      group: 'run-000000-v1',
      targetGroupArn: oldArn,
      templateName: 'run-000000',
      imageId: 'ami-old',
      min: 1,
      max: 6,
      servers: 2,
      routes: [route],
    },
    newImageId: 'ami-new',
    settleSeconds: 1,
    minimumRequests: 10,
    deploymentId: 'deploy:run-000000',
    fromMs: startMs,
    faultHits: {},
    ownOutage: false,
    result: resultAs('succeeded'),
    stuck: null,
    drain: { ending: 'deleted', repairs: [] } as unknown as DrainResult,
    notices: [],
    requests: [],
    done: [],
    outages: [],
    ledger: ledgerOf(forward),
    traffic: { requests: 1000, failedByTargets: 0, unanswered: 0 },
    rows: {
      [oldArn]: [{ startMs: atMs(9), requests: 50 }],
      [newArn]: [
        { startMs: atMs(9), requests: 50 },
        { startMs: atMs(14), requests: 100 },
      ],
    },
    world: {
      routes: { [route]: { [newArn]: 100 } },
      groups: [group],
      targetGroupArns: [oldArn, newArn],
      templateNames: ['run-000000', clone],
      instances: [
        { group: 'run-000000-v1', imageId: 'ami-old' },
        { group: clone, imageId: 'ami-new' },
      ],
    },
    secretSeenIn: [],
    ...change,
  };
}

/** A rollback with nothing to say against it. */
export function rolledBack(change: Partial<RunRecord> = {}): RunRecord {
  return succeeded({
    scenario: { ...scenario, version: 'bad' },
    result: resultAs('rolled-back'),
    drain: null,
    ledger: ledgerOf(andBack),
    world: {
      routes: { [route]: { [oldArn]: 100 } },
      groups: [{ name: 'run-000000-v1', min: 1, max: 6, desired: 2, servers: 2 }],
      targetGroupArns: [oldArn],
      templateNames: ['run-000000'],
      instances: [{ group: 'run-000000-v1', imageId: 'ami-old' }],
    },
    ...change,
  });
}
