import { z } from 'zod';
import { duration } from './duration';

const tags = z.record(z.string(), z.string()).default({});
/** Passed on to Describe as it is; AWS's own member names. */
const described = z.array(z.record(z.string(), z.unknown())).default([]);

export const imageSchema = z.strictObject({
  version: z.string(),
  port: z.int().min(1).max(65_535).default(8080),
  boot: duration.default(2),
  healthPath: z.string().startsWith('/').default('/healthz'),
  healthStatus: z.int().min(100).max(599).default(200),
  errorRate: z.number().min(0).max(1).default(0),
  brokenRate: z.number().min(0).max(1).default(0),
  latency: duration.default(0.005),
  state: z.string().default('available'),
  architecture: z.string().default('x86_64'),
});

const launchTemplate = z.strictObject({
  name: z.string(),
  /** EC2's own members under their names in lower camel case, such as imageId, instanceType, userData. */
  versions: z.array(z.record(z.string(), z.unknown())).min(1),
  defaultVersion: z.int().min(1).default(1),
  tags,
});

const targetGroup = z.strictObject({
  name: z.string(),
  port: z.int().min(1).max(65_535).default(8080),
  healthCheck: z
    .strictObject({
      path: z.string().startsWith('/').default('/healthz'),
      interval: duration.default(5),
      timeout: duration.default(2),
      healthyThreshold: z.int().default(2),
      unhealthyThreshold: z.int().default(2),
      matcher: z.string().default('200'),
    })
    .prefault({}),
  deregistrationDelay: duration.default(30),
  tags,
});

/** Target group names to weights. */
const forward = z.record(z.string(), z.int().min(0).max(999));

const rule = z
  .strictObject({
    priority: z.int().min(1).max(50_000),
    path: z.string().optional(),
    host: z.string().optional(),
    forward,
  })
  .refine((value) => value.path !== undefined || value.host !== undefined, 'a rule needs path or host');

const loadBalancer = z.strictObject({
  name: z.string(),
  tags,
  listeners: z
    .array(
      z.strictObject({
        port: z.int().min(0).max(65_535),
        forward,
        rules: z.array(rule).default([]),
        /** Requests per second that a virtual data plane makes up; a real one has real requests only. */
        virtualLoad: z.number().min(0).default(20),
      }),
    )
    .default([]),
});

const group = z.strictObject({
  name: z.string(),
  template: z.string(),
  version: z.union([z.int(), z.enum(['$Latest', '$Default'])]).default('$Default'),
  min: z.int().min(0),
  max: z.int().min(0),
  desired: z.int().min(0),
  targetGroups: z.array(z.string()).default([]),
  subnets: z.array(z.string()).min(1).default(['subnet-a', 'subnet-b', 'subnet-c']),
  healthCheckType: z.string().default('EC2'),
  healthCheckGracePeriod: duration.default(0),
  tags,
  lifecycleHooks: described,
  scalingPolicies: described,
  scheduledActions: described,
  notificationConfigurations: described,
  warmPool: z.record(z.string(), z.unknown()).optional(),
});

/** The world file: what exists when the sandbox starts. Every duration is as on AWS, before `speed` divides it. */
export const worldSchema = z.strictObject({
  region: z.string().default('eu-west-1'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected twelve digits in quotes')
    .default('123456789012'),
  images: z
    .record(z.string().startsWith('ami-', 'expected an image id that starts with ami-'), imageSchema)
    .default({}),
  launchTemplates: z.array(launchTemplate).default([]),
  targetGroups: z.array(targetGroup).default([]),
  loadBalancers: z.array(loadBalancer).default([]),
  groups: z.array(group).default([]),
});

/** A world as it is written in the file. */
export type World = z.input<typeof worldSchema>;
/** With all defaults filled in, durations in seconds. */
export type ParsedWorld = z.output<typeof worldSchema>;
export type ParsedGroup = ParsedWorld['groups'][number];
export type ParsedImage = ParsedWorld['images'][string];
/** An image as it is written in the file. */
export type Image = z.input<typeof imageSchema>;
