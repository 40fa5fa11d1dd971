/** What the tests of the data plane share: planes that are closed after the test, settings, and a plain client. */
import { randomInt, randomUUID } from 'node:crypto';
import { Agent, createServer, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDataPlane } from '../../../sandbox/data-plane/data-plane';
import { createVirtualDataPlane } from '../../../sandbox/data-plane/virtual/virtual-data-plane';
import type {
  DataPlane,
  DataPlaneOptions,
  ForwardTo,
  ImageProgram,
  ListenerSettings,
  MetricQuery,
  Target,
  TargetGroupSettings,
} from '../../../sandbox/data-plane/types';

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Runs after the test; what was added last goes first. */
export function cleanUpWith(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp);
}

export function newPlane(options: Partial<DataPlaneOptions> = {}): DataPlane {
  const plane = createDataPlane({
    speed: 100,
    propagationLagSeconds: 0,
    metricResolutionSeconds: 1,
    metricLagSeconds: 0,
    ...options,
  });
  cleanUpWith(() => plane.close());
  return plane;
}

/** Without processes and requests; its metrics can be asked for at once. */
export function newVirtualPlane(options: Partial<DataPlaneOptions> = {}): DataPlane {
  const plane = createVirtualDataPlane({
    speed: 100,
    propagationLagSeconds: 0,
    metricResolutionSeconds: 0.1,
    metricLagSeconds: 0,
    ...options,
  });
  cleanUpWith(() => plane.close());
  return plane;
}

/** Never 127.0.0.x, where everybody else listens. */
export function newAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
}

export const goodProgram: ImageProgram = {
  version: 'v1',
  port: 8080,
  bootSeconds: 0,
  healthPath: '/health',
  healthStatus: 200,
  errorRate: 0,
  brokenRate: 0,
  latencyMs: 0,
};

/** Launches a server: a real process, or a virtual one. */
export function launch(plane: DataPlane, program: Partial<ImageProgram> = {}): Target {
  const instanceId = `i-${randomUUID()}`;
  const address = newAddress();
  const complete = { ...goodProgram, ...program };
  plane.launch({ instanceId, address, program: complete });
  return { instanceId, address, port: complete.port };
}

/** A target inside the test itself, for behaviour that no image has. */
export async function targetInTest(handle: RequestListener): Promise<Target> {
  const server = createServer(handle);
  const address = newAddress();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  cleanUpWith(async () => {
    server.close();
    server.closeAllConnections();
  });
  return { instanceId: `i-${randomUUID()}`, address, port: (server.address() as AddressInfo).port };
}

/** An address on which nobody listens. */
export function deadTarget(): Target {
  return { instanceId: `i-${randomUUID()}`, address: newAddress(), port: 9 };
}

export function newGroup(
  plane: DataPlane,
  settings: Partial<Omit<TargetGroupSettings, 'healthCheck'>> & {
    healthCheck?: Partial<TargetGroupSettings['healthCheck']>;
  } = {},
): TargetGroupSettings {
  const id = randomUUID();
  const group: TargetGroupSettings = {
    arn: `arn:targetgroup/${id}`,
    dimension: `targetgroup/tests/${id}`,
    deregistrationDelaySeconds: 10,
    ...settings,
    healthCheck: {
      path: '/health',
      intervalSeconds: 5,
      timeoutSeconds: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
      ...settings.healthCheck,
    },
  };
  plane.putTargetGroup(group);
  return group;
}

export function forwardTo(...targetGroups: ForwardTo[]): ListenerSettings {
  const id = randomUUID();
  return {
    arn: `arn:listener/${id}`,
    loadBalancerDimension: `app/tests/${id}`,
    rules: [{ priority: 1_000_000, conditions: [], action: { kind: 'forward', targetGroups } }],
  };
}

/** The same listener with other weights. */
export function withWeights(listener: ListenerSettings, ...targetGroups: ForwardTo[]): ListenerSettings {
  return { ...listener, rules: forwardTo(...targetGroups).rules };
}

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** @throws when the connection breaks before the whole answer is there */
export function get(
  port: number,
  path = '/',
  options: { agent?: Agent; host?: string; headers?: Record<string, string>; method?: string; body?: string } = {},
): Promise<Answer> {
  const { agent, host = '127.0.0.1', headers = {}, method = 'GET', body } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, method, headers, agent: agent ?? false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function instanceOf(answer: Answer): string {
  return (JSON.parse(answer.body) as { instanceId: string }).instanceId;
}

/** Keep-alive connections that the test closes again. */
export function newAgent(maxSockets: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets });
  cleanUpWith(async () => agent.destroy());
  return agent;
}

export function stateOf(plane: DataPlane, group: TargetGroupSettings, target: Target): string | undefined {
  const found = plane.targetHealth(group.arn).find((health) => health.target.instanceId === target.instanceId);
  return found && [found.state, found.reason].filter(Boolean).join(' ');
}

/** The sum of a metric over all time. */
export function total(
  plane: DataPlane,
  metricName: string,
  dimensions: Record<string, string>,
  stat: MetricQuery['stat'] = 'Sum',
): number {
  return allPoints(plane, metricName, dimensions, stat).reduce((sum, { value }) => sum + value, 0);
}

export function allPoints(
  plane: DataPlane,
  metricName: string,
  dimensions: Record<string, string>,
  stat: MetricQuery['stat'] = 'Sum',
): { startMs: number; value: number }[] {
  const namespace = 'AWS/ApplicationELB';
  const endMs = Date.now() + 60_000;
  return plane.metrics({ namespace, metricName, dimensions, periodSeconds: 1, startMs: 0, endMs, stat });
}
