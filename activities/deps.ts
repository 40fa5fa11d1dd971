import type { AwsScope, AwsSession, AwsSessions } from '../clients/aws/sessions';
import type { Executions } from '../domain/executions';
import type { Plan } from '../domain/plan';
import type { ServiceConfig } from '../domain/service-file';

/** How long this worker's activities may be silent; part of the history, so that a replay sees the same. */
export interface ActivityTimeouts {
  /** A watcher whose worker is silent for so long is given to another one. */
  heartbeatSeconds: number;
  /** A writer that has not answered after so long is given to another one. */
  writerSeconds: number;
}

export interface ActivityDeps {
  /** Signs what services' webhooks are told; without it nobody is told. */
  notifySecret?: string;
  aws: AwsSessions;
  temporal: Executions;
  timeouts: ActivityTimeouts;
}

/** What most activities get: whose account, and what was planned. */
export interface OnPlan {
  service: ServiceConfig;
  plan: Plan;
}

export function sessionOf(deps: ActivityDeps, service: ServiceConfig): AwsSession {
  const scope: AwsScope = {
    region: service.region,
    ...(service.roleArn === undefined ? {} : { roleArn: service.roleArn }),
  };
  return deps.aws(scope);
}
