/** How the local cloud and the processes around it are tuned: fast enough to watch, slow enough to see. */
export const stackSettings = {
  region: 'eu-west-1',
  taskQueue: 'fleetshift',
  /** Divides the times that the sandbox itself takes: boot, health checks, draining. */
  speed: 10,
  metricResolutionSeconds: 1,
  metricLagSeconds: 1,
  propagationLagSeconds: 5,
  requestsPerSecond: 150,
  /** A killed worker is noticed after this long. */
  heartbeatTimeout: '3s',
  writerTimeout: '10s',
} as const;

/** The sandbox takes any credentials; real ones must never reach it. */
export const sandboxCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
