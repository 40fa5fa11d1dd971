/** The bench's services: many alike, each with a balancer, a target group and servers of its own. */
import { parseServiceFile, type ServiceConfig } from '../../domain/service-file';
import type { World } from '../../sandbox/world/schema';
import type { Pace } from './pace';

export const images = { running: 'ami-bench-v1', next: 'ami-bench-v2' } as const;
export const region = 'eu-west-1';

export const serversEach = 3;
const requestsPerSecond = 20;
/** Here every deployment waits, judged on, until it is promoted or aborted: so all of them are live at one moment. */
const gatePercent = 50;

export function serviceNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `bench-${index}`);
}

export function worldOf(names: readonly string[]): World {
  const alike = { port: 8080, boot: '10s', healthPath: '/health', latency: '5ms' };
  return {
    region,
    images: { [images.running]: { version: 'v1', ...alike }, [images.next]: { version: 'v2', ...alike } },
    launchTemplates: names.map((name) => ({
      name,
      versions: [{ imageId: images.running, instanceType: 't3.micro' }],
    })),
    targetGroups: names.map((name) => ({ name, healthCheck: { path: '/health' }, deregistrationDelay: '30s' })),
    loadBalancers: names.map((name) => ({
      name,
      listeners: [{ port: 0, forward: { [name]: 1 }, virtualLoad: requestsPerSecond }],
    })),
    groups: names.map((name) => ({
      name: `${name}-v1`,
      template: name,
      version: 1,
      min: 1,
      max: 2 * serversEach,
      desired: serversEach,
      targetGroups: [name],
      tags: { service: name },
    })),
  };
}

/** @throws Error when what the bench writes is no service file any more */
export function serviceOf(name: string, pace: Pace): ServiceConfig {
  const parsed = parseServiceFile({
    service: name,
    region,
    source: { tag: { service: name } },
    shift: {
      steps: [gatePercent, 100],
      stepTime: `${pace.stepSeconds}s`,
      settle: `${pace.settleSeconds}s`,
      gates: [gatePercent],
    },
    judge: { period: `${pace.periodSeconds}s`, lag: `${pace.lagSeconds}s` },
    bake: `${pace.bakeSeconds}s`,
    keep: '0s',
    pollEvery: `${pace.pollSeconds}s`,
  });
  if (parsed.kind === 'valid') return parsed.service;
  throw new Error(`the bench's service file is wrong: ${JSON.stringify(parsed.problems)}`);
}
