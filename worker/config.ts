/** Settings of a worker: from the environment, and from a YAML file named by FLEETSHIFT_WORKER_FILE; the environment wins. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { minSecretCharacters } from '../clients/http/signature';
import { formatProblem, problemsOf } from '../domain/problems';
import { durationSeconds } from '../domain/units';

const whole = (min: number, max: number) =>
  z.union([z.number(), z.string()]).transform((value, context) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max && value !== '') return number;
    context.addIssue({ code: 'custom', message: `expected a whole number from ${min} to ${max}, found "${value}"` });
    return z.NEVER;
  });

const workerSettings = z.strictObject({
  /** A watcher silent for so long is given to another worker. */
  heartbeatTimeout: durationSeconds({ min: 1, max: 600 }).default(30),
  /** A writer unanswered for so long is given to another worker; a single AWS call may take 4 s of it. */
  writerTimeout: durationSeconds({ min: 8, max: 600 }).default(30),
  /** How long a stop waits for activities that are running. */
  shutdownGrace: durationSeconds({ min: 0, max: 600 }).default(10),
  healthHost: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. */
  healthPort: whole(0, 65_535).default(8081),
  /** Of a deployment's life nearly all is one watcher: with fewer slots than deployments some would go unwatched. */
  activitySlots: whole(1, 10_000).default(4_000),
  workflowTaskSlots: whole(2, 10_000).default(100),
  cachedWorkflows: whole(0, 100_000).default(1_500),
  logLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
  /** This release, for Worker Versioning; without it every worker may take every workflow. */
  buildId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'expected a build id of letters, digits, dots, underscores and hyphens')
    .optional(),
  /** Name under which the builds of one installation are versions of each other. */
  workerDeployment: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'expected a name of letters, digits, underscores and hyphens')
    .default('fleetshift'),
  /** Signs what services' webhooks are told; shared with their receivers, never logged. */
  notifySecret: z
    .string()
    .refine((secret) => secret.length >= minSecretCharacters, {
      error: `expected at least ${minSecretCharacters} characters; make one with: openssl rand -hex 32`,
    })
    .optional(),
  /** Region asked whether the credentials are good; services name their own. */
  awsRegion: z.string().min(1).default('us-east-1'),
});

export type WorkerSettings = z.output<typeof workerSettings>;

/** Setting of the file ↔ variable of the environment. */
const variables: Record<keyof WorkerSettings, string> = {
  heartbeatTimeout: 'FLEETSHIFT_HEARTBEAT_TIMEOUT',
  writerTimeout: 'FLEETSHIFT_WRITER_TIMEOUT',
  shutdownGrace: 'FLEETSHIFT_SHUTDOWN_GRACE',
  healthHost: 'FLEETSHIFT_HEALTH_HOST',
  healthPort: 'FLEETSHIFT_HEALTH_PORT',
  activitySlots: 'FLEETSHIFT_ACTIVITY_SLOTS',
  workflowTaskSlots: 'FLEETSHIFT_WORKFLOW_TASK_SLOTS',
  cachedWorkflows: 'FLEETSHIFT_CACHED_WORKFLOWS',
  logLevel: 'FLEETSHIFT_LOG_LEVEL',
  buildId: 'FLEETSHIFT_BUILD_ID',
  workerDeployment: 'FLEETSHIFT_WORKER_DEPLOYMENT',
  notifySecret: 'FLEETSHIFT_NOTIFY_SECRET',
  awsRegion: 'AWS_REGION',
};

/** Something is wrong with how the worker was started; its message is meant for a person. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** @throws StartError that names each wrong setting by the variable or file key it came from. */
export function readWorkerSettings(env: NodeJS.ProcessEnv): WorkerSettings {
  const file = env['FLEETSHIFT_WORKER_FILE'];
  const fromFile = file === undefined ? {} : readSettingsFile(file);
  const fromEnv = Object.fromEntries(
    Object.entries(variables).flatMap(([key, variable]) => (env[variable] === undefined ? [] : [[key, env[variable]]])),
  );
  const parsed = workerSettings.safeParse({ ...fromFile, ...fromEnv });
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error).map((problem) => {
    const variable = variables[problem.path as keyof WorkerSettings];
    const place = variable !== undefined && problem.path in fromEnv ? variable : `${file}: ${problem.path}`;
    return formatProblem({ ...problem, path: place });
  });
  throw new StartError(`the worker's settings are wrong:\n  ${problems.join('\n  ')}`);
}

function readSettingsFile(file: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartError(
      `FLEETSHIFT_WORKER_FILE ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content)) {
    throw new StartError(`FLEETSHIFT_WORKER_FILE ${file} must hold settings such as "heartbeatTimeout: 30s"`);
  }
  return content as Record<string, unknown>;
}
