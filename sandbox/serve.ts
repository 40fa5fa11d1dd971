import type { FastifyInstance } from 'fastify';
import { SandboxAdmin } from './admin-client';
import { LaunchFailures } from './autoscaling/launch-failures';
import { Reconciler } from './autoscaling/reconciler';
import { Barriers } from './control/barriers';
import { CallCounts } from './control/call-counts';
import { Faults } from './control/faults';
import { History } from './control/history';
import { Ledger } from './control/ledger';
import type { DataPlane, DataPlaneOptions } from './data-plane/types';
import { AwsApi } from './server/aws-api';
import { createHttpServer } from './server/http-server';
import { createServices } from './server/services';
import { Cloud } from './state/cloud';
import { findListenerUrl, listenerAddresses } from './state/listener-addresses';
import { buildWorld } from './world/build-world';
import { loadWorld } from './world/load';
import type { World } from './world/schema';

export interface SandboxOptions {
  /** Servers and balancers: real ones (the default), or `virtual` ones without processes, ports and requests. */
  dataPlane?: 'real' | 'virtual';
  /** Port of the AWS and admin API on 127.0.0.1; default 0, which is any free one. */
  port?: number;
  /** A world, or the path of a world file; default: one service `web` (world/default-world.ts). */
  world?: World | string;
  /** Divides the durations that the sandbox executes itself; default 1, which is as slow as AWS. */
  speed?: number;
  /** Real length of one period of the balancers' metrics; default 1 s. */
  metricResolutionSeconds?: number;
  /** Real time until a closed period is published; default 2 s. */
  metricLagSeconds?: number;
  /** Until a balancer applies changed rules, divided by `speed`; default 1 s. */
  propagationLagSeconds?: number;
}

export interface Sandbox {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly region: string;
  readonly admin: SandboxAdmin;
  /** Where a balancer answers. @throws Error when it has no listener of that index (default 0). */
  listenerUrl(balancerName: string, index?: number): string;
  /** Ends the API, the balancers and every server. */
  close(): Promise<void>;
}

/** Starts the sandbox on any data plane; `startSandbox` is this one with the data plane that the options ask for. */
export async function serveSandbox(
  options: SandboxOptions,
  createDataPlane: (options: DataPlaneOptions) => DataPlane,
): Promise<Sandbox> {
  const world = loadWorld(options.world);
  const speed = options.speed ?? 1;
  const dataPlane = createDataPlane({
    speed,
    metricResolutionSeconds: options.metricResolutionSeconds ?? 1,
    metricLagSeconds: options.metricLagSeconds ?? 2,
    propagationLagSeconds: options.propagationLagSeconds ?? 1,
  });
  const cloud = new Cloud({ region: world.region, account: world.account, speed, dataPlane });
  const parts = controlParts(cloud);
  const app = createHttpServer(new AwsApi({ ...parts, services: createServices(cloud) }), parts);
  const close = (): Promise<void> => closeAll(app, parts, dataPlane);
  try {
    await buildWorld(cloud, world);
    const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
    parts.reconciler.start();
    return {
      url,
      region: world.region,
      admin: new SandboxAdmin(url),
      listenerUrl: (balancer, index = 0) => findListenerUrl(listenerAddresses(cloud), balancer, index),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function controlParts(cloud: Cloud) {
  const faults = new Faults();
  const launchFailures = new LaunchFailures();
  return {
    cloud,
    faults,
    launchFailures,
    ledger: new Ledger(),
    calls: new CallCounts(),
    barriers: new Barriers(),
    history: new History(cloud.state, faults),
    reconciler: new Reconciler(cloud, launchFailures),
  };
}

async function closeAll(
  app: FastifyInstance,
  parts: ReturnType<typeof controlParts>,
  dataPlane: DataPlane,
): Promise<void> {
  parts.reconciler.stop();
  parts.barriers.releaseAll();
  await app.close();
  await dataPlane.close();
}
