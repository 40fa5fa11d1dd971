/** Everything that is known of one run when it is over: what the invariants are checked on. Plain data. */
import type { RecordedRequest } from '../../domain/control';
import type { DeploymentResult, DrainResult, Notice } from '../../domain/deployment';
import type { LedgerEntry } from '../../sandbox/control/types';
import type { VirtualTraffic } from '../../sandbox/data-plane/types';
import type { Scenario } from './scenario';

/** The service before its deployment. */
export interface Source {
  group: string;
  targetGroupArn: string;
  templateName: string;
  imageId: string;
  min: number;
  max: number;
  servers: number;
  /** ARNs of the listener rules, and of the listener for its default action. */
  routes: string[];
}

/** What was really done to the service, and when; what came too late is not in here. */
export interface Done {
  what: string;
  atMs: number;
}

export interface WorldView {
  /** By ARN of the route: weights by target group ARN. */
  routes: Record<string, Record<string, number>>;
  groups: { name: string; min: number; max: number; desired: number; servers: number }[];
  targetGroupArns: string[];
  templateNames: string[];
  /** Also of servers that are gone. */
  instances: { group: string; imageId: string }[];
}

/** Requests per target group (ARN) and period of one second; periods without any are absent, as in CloudWatch. */
export type RequestRows = Record<string, { startMs: number; requests: number }[]>;

export interface RunRecord {
  scenario: Scenario;
  source: Source;
  newImageId: string;
  settleSeconds: number;
  minimumRequests: number;
  deploymentId: string;
  /** When its service was made. */
  fromMs: number;
  /** Calls that each kind of fault has hit. */
  faultHits: Record<string, number>;
  /** Whether the scenario's own outage came about. */
  ownOutage: boolean;
  /** Null when it did not end within its bound, or ended without a result; then `stuck` says what is known. */
  result: DeploymentResult | null;
  stuck: string | null;
  /** Of the old fleet, after a success; null when there was none, or it did not end within its bound. */
  drain: DrainResult | null;
  notices: Notice[];
  requests: RecordedRequest[];
  done: Done[];
  /** Of processes, while it ran: also those that other runs asked for. */
  outages: { kind: string; fromMs: number; toMs: number }[];
  /** Every call that names the service, in order. */
  ledger: LedgerEntry[];
  traffic: VirtualTraffic;
  rows: RequestRows;
  world: WorldView;
  /** Where the secret in the launch template's user data was found. */
  secretSeenIn: string[];
}

export function wasDone(record: Pick<RunRecord, 'done'>, what: string): boolean {
  return record.done.some((one) => one.what === what);
}
