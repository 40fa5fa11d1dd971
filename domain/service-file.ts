/** The service file: how one service is deployed. Defaults are safe for production; unknown keys are refused. */
import { z } from 'zod';
import { durationSeconds, percentFraction, wholePercent } from './units';
import { type Problem, problemsOf, tellingWhatWasFound } from './problems';

const day = 86_400;
const name = (what: string) =>
  z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, {
    error: (issue) =>
      `expected ${what} of lower-case letters, digits and hyphens, at most 32 characters, found ${JSON.stringify(issue.input)}`,
  });

const source = z
  .strictObject({
    /** Name of an Auto Scaling group; later deployments follow its clones by tag. */
    group: z.string().min(1).max(255).optional(),
    /** One tag that the live group carries, for example `{ service: web }`. */
    tag: z.record(z.string().min(1), z.string()).optional(),
    /** ARN of a listener rule, or of a listener for its default action. */
    route: z
      .string()
      .regex(
        /^arn:[^:]+:elasticloadbalancing:.*:(listener|listener-rule)\/app\//,
        'expected the ARN of a listener or listener rule of an Application Load Balancer',
      )
      .optional(),
  })
  .refine(
    (value) => Object.values(value).filter((one) => one !== undefined).length === 1,
    'expected exactly one of group, tag, route',
  )
  .refine((value) => value.tag === undefined || Object.keys(value.tag).length === 1, 'expected exactly one tag');

const shift = z.strictObject({
  /** Shares of the new fleet in percent, rising, the last one 100. */
  steps: z
    .array(z.number().min(1).max(100))
    .min(1)
    .max(50)
    .refine(
      (steps) => steps.every((step, index) => Number.isInteger(step) && (index === 0 || step > steps[index - 1]!)),
      'expected rising whole percentages',
    )
    .refine((steps) => steps.at(-1) === 100, 'expected the last step to be 100')
    .default([1, 5, 10, 25, 50, 100]),
  /** How long each share is held at least. */
  stepTime: durationSeconds({ min: 1, max: 7 * day }).default(300),
  /** From a weight's read-back until every balancer node is taken to apply it. */
  settle: durationSeconds({ min: 0, max: 3600 }).default(60),
  /** The share that old keeps until the bake ends, so that there is something to compare with. */
  holdback: z
    .union([z.literal('auto'), wholePercent({ minPercent: 1, maxPercent: 50 })], {
      error: 'expected auto, or a whole share from 1% to 50%',
    })
    .default('auto'),
  /** What to do when a step's minimum of requests does not come. */
  lowTraffic: z.enum(['hold', 'advance', 'rollback']).default('hold'),
  /** Shares after whose step somebody must promote; 100 stands before new gets everything. */
  gates: z
    .array(z.number().int().min(1).max(100))
    .max(50)
    .refine((gates) => gates.every((gate, index) => index === 0 || gate > gates[index - 1]!), 'expected rising shares')
    .default([]),
});

const judge = z.strictObject({
  /** Length of one metric period; CloudWatch knows 1, 5, 10, 30 and 60 s. */
  period: durationSeconds({ min: 1, max: 60 })
    .refine((seconds) => [1, 5, 10, 30, 60].includes(seconds), 'expected 1s, 5s, 10s, 30s or 60s')
    .default(60),
  /** Age at which a closed period is taken to be complete. */
  lag: durationSeconds({ min: 0, max: 1800 }).default(120),
  /** Upper bound of the chance that an equal version is rolled back. */
  falseRollbacks: percentFraction({ minPercent: 0.01, maxPercent: 10 }).default(0.01),
  /** Requests that the new fleet must have had in a step. */
  minimumRequests: z.number().int().min(1).max(1_000_000).default(30),
  errors: z
    .strictObject({
      /** New may have this many times old's error rate … */
      ratio: z.number().min(1).max(10).default(1),
      /** … plus this much. */
      tolerance: percentFraction({ minPercent: 0, maxPercent: 50 }).default(0.001),
      /** Rates up to this one are never convicted. */
      limit: z
        .union([z.literal('off'), percentFraction({ minPercent: 0, maxPercent: 50 })], {
          error: 'expected off, or a share from 0% to 50%',
        })
        .default('off'),
      /** The limit when there is no old fleet to compare with. */
      ceiling: percentFraction({ minPercent: 0.1, maxPercent: 50 }).default(0.05),
    })
    .prefault({}),
});

const limits = z.strictObject({
  queue: durationSeconds({ min: 1, max: 7 * day }).default(day),
  readBack: durationSeconds({ min: 1, max: day }).default(120),
  clone: durationSeconds({ min: 1, max: day }).default(900),
  ready: durationSeconds({ min: 1, max: day }).default(900),
  pause: durationSeconds({ min: 1, max: 7 * day }).default(day),
  gate: durationSeconds({ min: 1, max: 30 * day }).default(day),
  hold: durationSeconds({ min: 1, max: 7 * day }).default(day),
  unmeasurable: durationSeconds({ min: 1, max: day }).default(1800),
  regrow: durationSeconds({ min: 1, max: day }).default(900),
  rollback: durationSeconds({ min: 1, max: 7 * day }).default(day),
});

const serviceFile = z
  .strictObject({
    service: name('a name'),
    environment: name('an environment').default('production'),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected an AWS region such as eu-west-1'),
    /** Role to assume for this service's account. */
    role: z
      .string()
      .regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/, 'expected the ARN of an IAM role')
      .optional(),
    source,
    /** What becomes of a request while a deployment of the service runs: refused, queued, or put in its place. */
    whenBusy: z.enum(['refuse', 'queue', 'supersede']).default('refuse'),
    shift: shift.prefault({}),
    judge: judge.prefault({}),
    ready: z
      .strictObject({
        /** Reads in a row in which every new server is healthy everywhere. */
        reads: z.number().int().min(1).max(100).default(3),
      })
      .prefault({}),
    bake: durationSeconds({ min: 1, max: 30 * day }).default(1800),
    keep: durationSeconds({ min: 0, max: 30 * day }).default(3600),
    drain: z
      .strictObject({
        /** After this long a drain is reported as late; nothing is cut. */
        upTo: durationSeconds({ min: 1, max: 30 * day }).default(3600),
      })
      .prefault({}),
    /** What becomes of an old group that Fleetshift did not make. */
    oldGroup: z.enum(['scale-to-zero', 'keep', 'delete']).default('scale-to-zero'),
    /** How often AWS is asked while something is waited for. */
    pollEvery: durationSeconds({ min: 0.1, max: 300 }).default(10),
    limits: limits.prefault({}),
    /** Who is told of what needs a person. */
    notify: z
      .strictObject({
        /** Gets a signed POST for a hold, a gate, a rollback and what needs attention. */
        webhook: z
          .url({ protocol: /^https?$/, error: 'expected the URL of a webhook, https://…' })
          // The signature is what proves us; and a service file holds no secrets.
          .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), 'expected a URL alone, found one with a user name'),
      })
      .optional(),
  })
  .transform(toServiceConfig);

type ParsedFile = {
  [Key in 'shift' | 'judge' | 'limits']: z.output<
    { shift: typeof shift; judge: typeof judge; limits: typeof limits }[Key]
  >;
} & {
  service: string;
  environment: string;
  region: string;
  role?: string | undefined;
  source: z.output<typeof source>;
  whenBusy: 'refuse' | 'queue' | 'supersede';
  notify?: { webhook: string } | undefined;
  ready: { reads: number };
  bake: number;
  keep: number;
  drain: { upTo: number };
  oldGroup: 'scale-to-zero' | 'keep' | 'delete';
  pollEvery: number;
};

function toServiceConfig(file: ParsedFile) {
  const { errors } = file.judge;
  return {
    service: file.service,
    environment: file.environment,
    region: file.region,
    ...(file.role === undefined ? {} : { roleArn: file.role }),
    source: toSource(file.source),
    whenBusy: file.whenBusy,
    shift: {
      stepPercents: file.shift.steps,
      stepSeconds: file.shift.stepTime,
      settleSeconds: file.shift.settle,
      holdbackPercent: file.shift.holdback,
      lowTraffic: file.shift.lowTraffic,
      gatePercents: file.shift.gates,
    },
    judge: {
      periodSeconds: file.judge.period,
      lagSeconds: file.judge.lag,
      alpha: file.judge.falseRollbacks,
      minimumRequests: file.judge.minimumRequests,
      relativeTolerance: errors.ratio,
      absoluteTolerance: errors.tolerance,
      absoluteLimit: errors.limit === 'off' ? 0 : errors.limit,
      ceiling: errors.ceiling,
    },
    ready: { healthyReads: file.ready.reads },
    bakeSeconds: file.bake,
    keepSeconds: file.keep,
    drain: { upToSeconds: file.drain.upTo },
    oldGroup: file.oldGroup,
    pollSeconds: file.pollEvery,
    limits: {
      queueSeconds: file.limits.queue,
      readBackSeconds: file.limits.readBack,
      cloneSeconds: file.limits.clone,
      readySeconds: file.limits.ready,
      pauseSeconds: file.limits.pause,
      gateSeconds: file.limits.gate,
      holdSeconds: file.limits.hold,
      unmeasurableSeconds: file.limits.unmeasurable,
      regrowSeconds: file.limits.regrow,
      rollbackSeconds: file.limits.rollback,
    },
    ...(file.notify === undefined ? {} : { notifyWebhook: file.notify.webhook }),
  };
}

export type SourceSelector =
  { kind: 'group'; groupName: string } | { kind: 'tag'; key: string; value: string } | { kind: 'route'; arn: string };

function toSource(value: z.output<typeof source>): SourceSelector {
  if (value.group !== undefined) return { kind: 'group', groupName: value.group };
  if (value.route !== undefined) return { kind: 'route', arn: value.route };
  const [entry] = Object.entries(value.tag ?? {});
  return { kind: 'tag', key: entry?.[0] ?? '', value: entry?.[1] ?? '' };
}

/** A service as the workflows see it: plain JSON, every duration in seconds, every share named by its unit. */
export type ServiceConfig = z.output<typeof serviceFile>;

export type ServiceFileAnswer = { kind: 'valid'; service: ServiceConfig } | { kind: 'invalid'; problems: Problem[] };

/** Checks the content of a service file (already read from YAML or JSON). */
export function parseServiceFile(content: unknown): ServiceFileAnswer {
  const parsed = serviceFile.safeParse(content, tellingWhatWasFound);
  return parsed.success
    ? { kind: 'valid', service: parsed.data }
    : { kind: 'invalid', problems: problemsOf(parsed.error) };
}

/** The key of a service: two files with the same `service` in two regions or environments never meet. */
export function serviceKey(service: Pick<ServiceConfig, 'service' | 'environment' | 'region'>): string {
  return `${service.service}.${service.environment}.${service.region}`;
}
