/** A world with several services side by side, so that the tests of one file share a sandbox and stay apart. */

import type { World } from '../../../sandbox/world/schema';

/** Image ids of every world; the last part says how the program behaves. */
export const images = {
  v1: 'ami-0000000v1',
  good: 'ami-00000good',
  bad: 'ami-000000bad',
  broken: 'ami-00000broke',
  neverHealthy: 'ami-0000never',
  otherArchitecture: 'ami-00000x86',
} as const;

export interface ServiceWorld {
  name: string;
  /** Servers of the running group. */
  size?: number;
  /** What they run; `v1` unless told. */
  image?: string;
  /** Extra settings of the group, as the world file spells them. */
  group?: Record<string, unknown>;
  /** Path patterns that get a rule of their own beside the default action. */
  rulePaths?: string[];
  /** The service whose balancer it shares: it is behind a rule for its own path, and named at weight 0 in `rulePaths`. */
  behind?: string;
  /** Requests per second where servers and requests are virtual; 40 unless told. */
  virtualLoad?: number;
}

/** The content of a world file. */
export function worldOf(services: ServiceWorld[]): World {
  return {
    region: 'eu-west-1',
    images: {
      [images.v1]: program({ version: 'v1' }),
      [images.good]: program({ version: 'good' }),
      [images.bad]: program({ version: 'bad', errorRate: 0.3 }),
      [images.broken]: program({ version: 'broken', brokenRate: 0.5 }),
      [images.neverHealthy]: program({ version: 'never', healthStatus: 500 }),
      [images.otherArchitecture]: { ...program({ version: 'x86' }), architecture: 'arm64' },
    },
    launchTemplates: services.map(({ name, image = images.v1 }) => ({
      name,
      versions: [{ imageId: image, instanceType: 't3.micro', userData: 'ZWNobyBoaQ==' }],
    })),
    targetGroups: services.map(({ name }) => ({
      name,
      port: 8080,
      healthCheck: { path: '/health', interval: '5s', timeout: '2s', healthyThreshold: 2, unhealthyThreshold: 2 },
      deregistrationDelay: '20s',
      tags: { team: name },
    })),
    loadBalancers: services
      .filter(({ behind }) => behind === undefined)
      .map((service) => ({
        name: service.name,
        listeners: [
          {
            port: 0,
            forward: { [service.name]: 1 },
            virtualLoad: service.virtualLoad ?? 40,
            rules: rulesOf(service, services),
          },
        ],
      })),
    groups: services.map(({ name, size = 2, group = {} }) => ({
      name: `${name}-v1`,
      template: name,
      version: 1,
      min: 1,
      max: 6,
      desired: size,
      targetGroups: [name],
      subnets: ['subnet-a', 'subnet-b'],
      healthCheckType: 'ELB',
      healthCheckGracePeriod: '60s',
      tags: { service: name },
      ...group,
    })),
  };
}

function rulesOf({ name, rulePaths = [] }: ServiceWorld, services: ServiceWorld[]) {
  const guests = services.filter(({ behind }) => behind === name).map((guest) => guest.name);
  const named = Object.fromEntries(guests.map((guest) => [guest, 0]));
  const rules = [
    ...rulePaths.map((path) => ({ path, forward: { [name]: 1, ...named } })),
    ...guests.map((guest) => ({ path: `/${guest}/*`, forward: { [guest]: 1 } })),
  ];
  return rules.map((rule, index) => ({ priority: index + 1, ...rule }));
}

function program(behaviour: { version: string; errorRate?: number; brokenRate?: number; healthStatus?: number }) {
  return { boot: '2s', port: 8080, healthPath: '/health', latency: '2ms', ...behaviour };
}
