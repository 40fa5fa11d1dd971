/** The data of one deployment that crosses process borders: request, answers, progress, result. Plain JSON. */
import { z } from 'zod';
import { formatProblem, problemsOf } from './problems';
import type { RecordedRequest } from './control';
import { recoveryOrder, type RecoveryOrder } from './recovery-order';
import type { ServiceConfig } from './service-file';
import type { RisksTold } from './way-back-risk';

/** What is new. */
export interface Revision {
  imageId: string;
}

/** Who asked, and why: shown wherever the deployment is shown. */
const noteShape = z.strictObject({
  by: z.string().min(1).max(200).optional(),
  reason: z.string().min(1).max(2000).optional(),
});
export type RequestNote = z.output<typeof noteShape>;

/** A function, as for every schema that others use: what this folder exports is frozen, and zod writes into a schema. */
export function requestNote() {
  return noteShape;
}

/** What a CI pipeline or the command line asks for; the body of the webhook. */
const requestShape = noteShape.extend({
  image: z
    .string({ error: 'expected the id of a machine image such as ami-0abc123' })
    .regex(/^ami-[0-9a-zA-Z-]{1,64}$/, {
      error: (issue) => `expected the id of a machine image such as ami-0abc123, found ${JSON.stringify(issue.input)}`,
    }),
  commit: z.string().min(1).max(200).optional(),
  /** Two requests with the same key are one deployment. */
  idempotencyKey: z.string().min(1).max(200).optional(),
  /** Old is known to be bad: steps are short, and an outage that both fleets share does not hold the shift. */
  hotfix: z.boolean().optional(),
});
export type DeploymentRequest = z.output<typeof requestShape>;

export function deploymentRequest() {
  return requestShape;
}

/** What the service workflow is asked. */
export interface SubmitInput {
  service: ServiceConfig;
  revision: Revision;
  idempotencyKey: string;
  requestedBy: string;
  reason: string;
  commit: string;
  /** Old is known to be bad: what both fleets suffer does not hold the shift. */
  hotfix: boolean;
  /** Id of the deployment that this one is the rollback of: refused when that is not what runs any more. */
  undoes?: string;
  /** A deployment that has begun before and that Temporal has lost, instead of a new one. */
  recovery?: RecoveryOrder;
}

export type SubmitAnswer =
  | {
      kind: 'admitted';
      deploymentId: string;
      number: number;
      repeated: boolean;
      /** The deployment whose end it waits for; null when it begins at once. */
      after: string | null;
      /** What is to be known before it is relied on, such as that the last deployment was cut off. */
      warnings?: string[];
    }
  | { kind: 'refused'; code: 'busy' | 'key-reused' | 'invalid'; message: string };

/** Input of the `deployment` workflow: complete, nothing is read from disk later. */
export interface DeploymentInput extends SubmitInput {
  /** UUID minted at submit; in the names and tags of everything created. */
  uuid: string;
  /** For people; counts per service. */
  number: number;
  submittedAtMs: number;
  /** The deployment whose end it waits for until it is told to begin; null when it begins at once. */
  after: string | null;
  /** What is to be known of the deployments before; empty mostly. */
  warnings: string[];
}

/** Told to one that waits. */
export interface TurnNote {
  /** What it waits for now; null: it begins. */
  after: string | null;
  warnings: string[];
}

export const deploymentIdPrefix = 'deploy:';
export const drainIdPrefix = 'drain:';

/** `deploy:<service key>:<uuid>`: the workflow's id and the deployment's id are one. */
export function deploymentIdOf(serviceKey: string, uuid: string): string {
  return `${deploymentIdPrefix}${serviceKey}:${uuid}`;
}

/** `drain:<service key>:<uuid>`: the workflow that lets the old fleet of this deployment go. */
export function drainIdOf(deploymentId: string): string {
  return deploymentId.replace(/^deploy:/, drainIdPrefix);
}

export const phases = [
  'queued',
  'plan',
  'prepare',
  'clone',
  'ready',
  'shift',
  'bake',
  'rolling-back',
  'decided',
] as const;
export type Phase = (typeof phases)[number];

export const outcomes = ['succeeded', 'rolled-back', 'aborted', 'refused', 'needs-attention'] as const;
export type Outcome = (typeof outcomes)[number];

/** One fleet as a screen shows it. */
export interface FleetView {
  groupName: string;
  wanted: number;
  /** Servers that are healthy in every target group; null while nobody has looked. */
  healthy: number | null;
}

/** What the judge has seen since the shift began, in whole numbers and one likelihood ratio. */
export interface JudgeReport {
  rows: number;
  newRequests: number;
  newErrors: number;
  oldRequests: number;
  oldErrors: number;
  /** Natural log of the evidence that new is worse than allowed; convicted at `neededLogEvidence`. */
  logEvidence: number;
  neededLogEvidence: number;
  /** End of the newest period that was folded. */
  lastPeriodEndMs: number | null;
}

/** Why the split stands still. */
export interface Hold {
  reason:
    | 'no-evidence'
    | 'unmeasurable'
    | 'share-mismatch'
    | 'foreign-edit'
    | 'balancer-errors'
    | 'old-unhealthy'
    | 'shared-outage';
  detail: string;
  sinceMs: number;
  untilMs: number;
}

export interface Pause extends RequestNote {
  sinceMs: number;
  untilMs: number;
}

/** A decision that is waited for: `promote` passes it. */
export interface Gate {
  /** Share of new after whose step it stands; 100 stands before new gets everything. */
  atPercent: number;
  sinceMs: number;
  /** Then the traffic goes back. */
  untilMs: number;
}

/** What a deployment waits for before it touches anything. */
export interface Turn {
  /** Id of the deployment or drain in whose way it would be. */
  holder: string;
  /** What that one holds, such as the ARN of a listener rule. */
  thing: string;
  sinceMs: number;
  untilMs: number;
}

export interface Notice {
  atMs: number;
  text: string;
}

/** Answer of the query `progress`: everything a screen needs. */
export interface DeploymentProgress {
  deploymentId: string;
  service: string;
  environment: string;
  region: string;
  number: number;
  revision: Revision;
  requestedBy: string;
  reason: string;
  phase: Phase;
  phaseSinceMs: number;
  /** The step being held: its place and the share asked for. */
  step: { index: number; count: number; newPercent: number } | null;
  /** The last split that was read back from the balancer. */
  split: { newPercent: number } | null;
  oldFleet: FleetView | null;
  newFleet: FleetView | null;
  judge: JudgeReport | null;
  pause: Pause | null;
  /** The foremost of `holds`. */
  hold: Hold | null;
  /** Everything that keeps the split where it is. */
  holds: Hold[];
  gate: Gate | null;
  turn: Turn | null;
  /** What people asked for, oldest first; bounded. */
  requests: RecordedRequest[];
  warnings: string[];
  /** What happened, oldest first; bounded. */
  notices: Notice[];
  result: DeploymentResult | null;
}

/** What a running watcher has seen last; travels in its heartbeats, so it costs no history. */
export interface LiveReport {
  oldHealthy?: number;
  newHealthy?: number;
  judge?: JudgeReport;
  text?: string;
}

/** The final report: the result of the `deployment` workflow. */
export interface DeploymentResult {
  deploymentId: string;
  service: string;
  number: number;
  revision: Revision;
  outcome: Outcome;
  /** One sentence for people, with the numbers that decided. */
  reason: string;
  startedAtMs: number;
  endedAtMs: number;
  /** When the balancer was read back with all traffic on old again; null when it never left. */
  trafficRestoredAtMs: number | null;
  judge: JudgeReport | null;
  oldGroup: string | null;
  newGroup: string | null;
  /** Machine image that ran before: what to deploy to go back once old is gone; null when nothing was planned. */
  previousImageId: string | null;
  warnings: string[];
  /** Exactly what a person has to repair; empty but for `needs-attention`. */
  repairs: string[];
  /** Workflow that drains the old fleet after `succeeded`. */
  drainId: string | null;
}

export const drainPhases = ['keep', 'drain', 'retire', 'finished'] as const;

export interface DrainProgress {
  drainId: string;
  deploymentId: string;
  phase: (typeof drainPhases)[number];
  phaseSinceMs: number;
  groupName: string;
  /** Until then old stays whole for an instant way back; a pause moves it. */
  keepUntilMs: number;
  late: boolean;
  /** What was told of the way back while old is kept; absent when nothing was. */
  risks?: RisksTold;
  /** At the end of a pause it goes on by itself. */
  pause: Pause | null;
  requests: RecordedRequest[];
  notices: Notice[];
}

export interface DrainResult {
  drainId: string;
  /** The old group. */
  groupName: string;
  ending: 'deleted' | 'scaled-to-zero' | 'kept' | 'rolled-back' | 'needs-attention';
  /** One sentence for people: what became of old, or who asked for the way back and why. */
  reason: string;
  /** When the balancer was read back with all traffic on old again; null when nobody asked for it. */
  trafficRestoredAtMs: number | null;
  /** Exactly what a person has to repair; empty but for `needs-attention`. */
  repairs: string[];
}

/** What must be the same for two requests with one idempotency key to be one request. */
export function requestDigest(input: SubmitInput): string {
  const { revision, commit, recovery } = input;
  return JSON.stringify([revision.imageId, commit, ...(recovery ? [recovery.uuid, recovery.way] : [])]);
}

const numbers = <Name extends string>(...names: Name[]) =>
  z.looseObject(Object.fromEntries(names.map((name) => [name, z.number()])) as Record<Name, z.ZodNumber>);

/** Every field of a request that the workflows read; what the service file's schema has checked is not checked again. */
const submitShape = z.looseObject({
  service: numbers('bakeSeconds', 'keepSeconds', 'pollSeconds').extend({
    service: z.string().min(1),
    environment: z.string().min(1),
    region: z.string().min(1),
    source: z.looseObject({ kind: z.enum(['group', 'tag', 'route']) }),
    whenBusy: z.enum(['refuse', 'queue', 'supersede']),
    shift: numbers('stepSeconds', 'settleSeconds').extend({
      stepPercents: z.array(z.number()).min(1),
      holdbackPercent: z.union([z.literal('auto'), z.number()]),
      lowTraffic: z.enum(['hold', 'advance', 'rollback']),
      gatePercents: z.array(z.number()),
    }),
    judge: numbers(
      'periodSeconds',
      'lagSeconds',
      'alpha',
      'minimumRequests',
      'relativeTolerance',
      'absoluteTolerance',
      'absoluteLimit',
      'ceiling',
    ),
    ready: numbers('healthyReads'),
    drain: numbers('upToSeconds'),
    oldGroup: z.enum(['scale-to-zero', 'keep', 'delete']),
    limits: numbers(
      'queueSeconds',
      'readBackSeconds',
      'cloneSeconds',
      'readySeconds',
      'pauseSeconds',
      'gateSeconds',
      'holdSeconds',
      'unmeasurableSeconds',
      'regrowSeconds',
      'rollbackSeconds',
    ),
  }),
  revision: z.looseObject({ imageId: z.string().min(1).max(200) }),
  idempotencyKey: z.string().min(1).max(200),
  requestedBy: z.string().max(200),
  reason: z.string().max(2000),
  commit: z.string().max(200),
  hotfix: z.boolean(),
  undoes: z.string().min(1).max(500).optional(),
  recovery: recoveryOrder().optional(),
});

/** What the service's workflow adds to a request, as far as the `deployment` workflow reads it. */
const startShape = submitShape.extend({
  uuid: z.string().min(1).max(200),
  number: z.number(),
  after: z.string().nullable(),
  warnings: z.array(z.string()),
});

/** Why a request that came straight to Temporal cannot be worked on; null when it can. */
export function submitInputProblem(input: unknown): string | null {
  return problemWith(submitShape, input);
}

/** The same of the input of a `deployment` workflow, which somebody may have started by hand. */
export function deploymentInputProblem(input: unknown): string | null {
  return problemWith(startShape, input);
}

function problemWith(shape: z.ZodType, input: unknown): string | null {
  const parsed = shape.safeParse(input);
  if (parsed.success) return null;
  const problems = problemsOf(parsed.error).map(formatProblem).join('; ');
  return `the request cannot be read: ${problems}; send it with the fleetshift command or the gateway, which check service files`;
}
