/** What a scenario's service is made of: its part of the sandbox's world, and its service file. */
import { parseServiceFile, type ServiceConfig } from '../../domain/service-file';
import type { World } from '../../sandbox/world/schema';
import type { Scenario, Version } from './scenario';

export const region = 'eu-west-1';

export const oldImageId = 'ami-00000000old';

export const newImageIds: Record<Version, string> = {
  good: 'ami-0000000good',
  bad: 'ami-00000000bad',
  broken: 'ami-00000broken',
  'never-healthy': 'ami-000000never',
};

/** Requests per second of a service that has traffic: enough to judge a step within seconds. */
export const requestsPerSecond = 100;

/** What every run shares. */
export function sharedWorld(): World {
  return {
    region,
    images: {
      [oldImageId]: { version: 'old' },
      [newImageIds.good]: { version: 'good' },
      [newImageIds.bad]: { version: 'bad', errorRate: 0.3 },
      [newImageIds.broken]: { version: 'broken', brokenRate: 0.3 },
      [newImageIds['never-healthy']]: { version: 'never-healthy', healthStatus: 500 },
    },
  };
}

export function sourceGroupOf({ service }: Pick<Scenario, 'service'>): string {
  return `${service}-v1`;
}

/** Stands in the user data of the source's launch template. */
export function secretOf({ service }: Pick<Scenario, 'service'>): string {
  return `password-of-${service}`;
}

const sizes = { min: 1, max: 6 } as const;

/** Nobody calls it until its servers are healthy. */
export function worldOf(scenario: Scenario): World {
  const { service: name } = scenario;
  return {
    launchTemplates: [
      { name, versions: [{ imageId: oldImageId, instanceType: 't3.micro', userData: secretOf(scenario) }] },
    ],
    targetGroups: [
      {
        name,
        healthCheck: { path: '/healthz', interval: '5s', timeout: '2s', healthyThreshold: 2, unhealthyThreshold: 2 },
        deregistrationDelay: '20s',
      },
    ],
    loadBalancers: [
      {
        name,
        listeners: [
          {
            port: 0,
            forward: { [name]: 1 },
            rules: Array.from({ length: scenario.rules }, (_, index) => ({
              priority: index + 1,
              path: `/part-${index}/*`,
              forward: { [name]: 1 },
            })),
            virtualLoad: 0,
          },
        ],
      },
    ],
    groups: [
      {
        name: sourceGroupOf(scenario),
        template: name,
        version: 1,
        ...sizes,
        desired: scenario.servers,
        targetGroups: [name],
        healthCheckType: 'ELB',
        healthCheckGracePeriod: '60s',
        tags: { service: name },
      },
    ],
  };
}

/**
 * Waits of seconds. What a scenario is about to run into has a short limit; every other limit is so long that no fault
 * of a campaign lasts until it.
 */
export function serviceFileOf(scenario: Scenario): ServiceConfig {
  const answer = parseServiceFile({
    service: scenario.service,
    environment: 'campaign',
    region,
    source: { tag: { service: scenario.service } },
    shift: {
      steps: scenario.steps,
      stepTime: '1s',
      settle: '1s',
      holdback: '10%',
      gates: scenario.gate === 'none' ? [] : scenario.steps.slice(0, 1),
    },
    judge: { period: '1s', lag: '2s', minimumRequests: 10 },
    ready: { reads: 2 },
    bake: '1s',
    keep: '1s',
    oldGroup: scenario.oldGroup,
    pollEvery: '1s',
    limits: {
      readBack: '60s',
      clone: '30s',
      ready: scenario.version === 'never-healthy' ? '10s' : '60s',
      pause: '120s',
      gate: scenario.gate === 'left' ? '8s' : '120s',
      hold: '15s',
      unmeasurable: '30s',
      regrow: '20s',
      rollback: '120s',
    },
  });
  if (answer.kind === 'invalid') throw new Error(`the campaign's service file is wrong: ${JSON.stringify(answer)}`);
  return answer.service;
}
