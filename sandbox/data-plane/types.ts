/** The border between the sandbox's AWS API (control plane) and what really runs: servers, balancers, metrics. */

/** What the program of an image does; the image id selects it. Times are as on AWS, before `speed` divides them. */
export interface ImageProgram {
  /** Shown by the server in the header `x-version`. */
  version: string;
  /** Port on the server's own address. */
  port: number;
  /** From launch until the program listens. */
  bootSeconds: number;
  /** Path that answers health checks. */
  healthPath: string;
  /** Status of the health path once booted: 200 for a good one, 500 for one that never becomes healthy. */
  healthStatus: number;
  /** Share of requests (0 to 1) answered with 500. */
  errorRate: number;
  /** Share of requests (0 to 1) answered with something that is not HTTP, which a balancer turns into a 502. */
  brokenRate: number;
  /** Time a request takes; not divided by `speed`. */
  latencyMs: number;
}

export interface LaunchSpec {
  instanceId: string;
  /** Loopback address of its own, inside 127.0.0.0/8; also its PrivateIpAddress. */
  address: string;
  program: ImageProgram;
}

export interface Target {
  instanceId: string;
  address: string;
  port: number;
}

export interface TargetGroupSettings {
  arn: string;
  /** CloudWatch dimension, `targetgroup/<name>/<id>`. */
  dimension: string;
  healthCheck: {
    path: string;
    intervalSeconds: number;
    timeoutSeconds: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
    /** For example `200` or `200-299,301`. */
    matcher: string;
  };
  deregistrationDelaySeconds: number;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';

export interface TargetHealth {
  target: Target;
  state: TargetState;
  /** AWS reason code such as `Elb.InitialHealthChecking`; absent when healthy. */
  reason?: string;
  description?: string;
}

export interface ForwardTo {
  targetGroupArn: string;
  weight: number;
}

export type RouteAction =
  | { kind: 'forward'; targetGroups: ForwardTo[] }
  | { kind: 'fixed-response'; statusCode: number; contentType: string; body: string };

export interface RuleSettings {
  /** Lower first; the default rule is last. */
  priority: number;
  /** All must match; values inside one are alternatives with `*` and `?`. */
  conditions: { field: 'path-pattern' | 'host-header'; values: string[] }[];
  action: RouteAction;
}

export interface ListenerSettings {
  arn: string;
  /** CloudWatch dimension of its balancer, `app/<name>/<id>`. */
  loadBalancerDimension: string;
  rules: RuleSettings[];
}

export interface MetricQuery {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
  periodSeconds: number;
  startMs: number;
  endMs: number;
  stat: 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount';
}

export interface Datapoint {
  startMs: number;
  value: number;
}

/** What was asked of one balancer of a virtual data plane since it began; whole requests. */
export interface VirtualTraffic {
  requests: number;
  /** Answered by a server with 5xx, or spoiled by it (no HTTP, no connection, no answer in time). */
  failedByTargets: number;
  /** Nobody could answer: the target group that was drawn had no healthy server, or none was drawn. */
  unanswered: number;
}

export interface DataPlaneOptions {
  /** Divides boot, health-check, deregistration and propagation times. */
  speed: number;
  /** Until a changed listener is applied by the balancer. */
  propagationLagSeconds: number;
  /** Metrics are counted in periods of this real length; not divided by `speed`. */
  metricResolutionSeconds: number;
  /** A period is published this real time after it closed; not divided by `speed`. */
  metricLagSeconds: number;
  /** A target that is silent for so long is answered with 504; 60 unless told; not divided by `speed`. */
  targetTimeoutSeconds?: number;
}

export interface DataPlane {
  /** Starts a real process; it listens on `address:program.port` once booted. */
  launch(spec: LaunchSpec): void;
  /** SIGTERM, then SIGKILL; resolves when the process is gone. Unknown ids resolve at once. */
  terminate(instanceId: string): Promise<void>;
  isRunning(instanceId: string): boolean;
  /** Called when a server's process ends without `terminate`. */
  onServerExit(listener: (instanceId: string) => void): void;

  putTargetGroup(settings: TargetGroupSettings): void;
  removeTargetGroup(arn: string): void;
  register(targetGroupArn: string, target: Target): void;
  /** The target drains; the promise resolves when the deregistration delay is over and it is gone. */
  deregister(targetGroupArn: string, instanceId: string): Promise<void>;
  targetHealth(targetGroupArn: string): TargetHealth[];
  /** Of one target, without making the whole answer; undefined when it is not registered. */
  targetState(targetGroupArn: string, instanceId: string): TargetState | undefined;

  /** Opens the listener's port (0: any free one) at once; answers the port really taken. */
  openListener(settings: ListenerSettings, port: number): Promise<number>;
  /** Applies new rules after the propagation lag. Health checks see a new reference at once. */
  putListener(settings: ListenerSettings): void;
  closeListener(arn: string): Promise<void>;

  metrics(query: MetricQuery): Datapoint[];
  close(): Promise<void>;

  /** Only where traffic is made up: its rate from now on. */
  setVirtualLoad?(listenerArn: string, requestsPerSecond: number): void;
  /** Only where traffic is made up: by dimension of the balancer (`app/<name>/<id>`). */
  virtualTraffic?(): Record<string, VirtualTraffic>;
}
