import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { LaunchFailures } from '../autoscaling/launch-failures';
import type { Reconciler } from '../autoscaling/reconciler';
import type { Barriers } from '../control/barriers';
import type { CallCounts } from '../control/call-counts';
import type { Faults } from '../control/faults';
import type { Ledger } from '../control/ledger';
import { barrierSpec, faultSpec, launchFailureSpec } from '../control/schemas';
import type { Cloud } from '../state/cloud';
import { listenerAddresses } from '../state/listener-addresses';
import { steadyReport } from '../state/steady';
import { buildWorld, imageFromWorld } from '../world/build-world';
import { checkWorld, WorldError } from '../world/load';
import { imageSchema } from '../world/schema';

export interface AdminParts {
  cloud: Cloud;
  ledger: Ledger;
  calls: CallCounts;
  faults: Faults;
  barriers: Barriers;
  launchFailures: LaunchFailures;
  reconciler: Reconciler;
}

/** How long one request may wait for a barrier; clients ask again. */
const maxWaitMs = 25_000;

const named = z.object({ id: z.string() });

/** The admin API, under `/_sandbox`. Bodies and answers are JSON; a mistake in one answers 400 with `{error}`. */
export function adminRoutes(app: FastifyInstance, parts: AdminParts): void {
  app.setErrorHandler((error, _request, reply) => {
    const isMistake = [z.ZodError, SyntaxError, MistakenCall, WorldError].some((mistake) => error instanceof mistake);
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return reply.code(isMistake ? 400 : 500).send({ error: message });
  });
  stateRoutes(app, parts);
  faultRoutes(app, parts);
  barrierRoutes(app, parts);
  worldRoutes(app, parts);
  trafficRoutes(app, parts.cloud);
}

function stateRoutes(app: FastifyInstance, { cloud, ledger, calls }: AdminParts): void {
  app.get('/_sandbox/status', () => ({ region: cloud.region, account: cloud.account }));
  app.get('/_sandbox/listeners', () => listenerAddresses(cloud));
  app.get('/_sandbox/steady', () => steadyReport(cloud));
  app.get('/_sandbox/calls', () => calls.list());
  app.get('/_sandbox/ledger', (request) => {
    const query = z.object({ after: z.coerce.number().default(0), inputContains: z.string().default('') });
    const { after, inputContains } = query.parse(request.query);
    return ledger.after(after, inputContains);
  });
}

function faultRoutes(app: FastifyInstance, { faults }: AdminParts): void {
  app.get('/_sandbox/faults', () => faults.list());
  app.post('/_sandbox/faults', (request) => faults.add(faultSpec.parse(json(request.body))));
  app.delete('/_sandbox/faults', () => {
    faults.remove();
    return {};
  });
  app.delete('/_sandbox/faults/:id', (request) => {
    faults.remove(named.parse(request.params).id);
    return {};
  });
}

function barrierRoutes(app: FastifyInstance, { barriers }: AdminParts): void {
  app.get('/_sandbox/barriers', () => barriers.list());
  app.post('/_sandbox/barriers', (request) => barriers.add(barrierSpec.parse(json(request.body))));
  app.get('/_sandbox/barriers/:id/reached', async (request) => {
    const { waitMs } = z.object({ waitMs: z.coerce.number().min(0).default(0) }).parse(request.query);
    const { id } = named.parse(request.params);
    return { reached: await barriers.waitUntilReached(id, Math.min(waitMs, maxWaitMs)) };
  });
  app.post('/_sandbox/barriers/:id/release', (request) => {
    barriers.release(named.parse(request.params).id);
    return {};
  });
  app.post('/_sandbox/barriers/release', () => {
    barriers.releaseAll();
    return {};
  });
}

function worldRoutes(app: FastifyInstance, { cloud, launchFailures, reconciler }: AdminParts): void {
  app.post('/_sandbox/world', async (request) => {
    await buildWorld(cloud, checkWorld(json(request.body), 'what is to be added to the world'));
    return {};
  });
  app.put('/_sandbox/images/:id', (request) => {
    const { id } = named.parse(request.params);
    cloud.state.images.set(id, imageFromWorld(id, imageSchema.parse(json(request.body))));
    return {};
  });
  app.delete('/_sandbox/images/:id', (request) => {
    cloud.state.images.delete(named.parse(request.params).id);
    return {};
  });
  app.post('/_sandbox/launch-failures', (request) => {
    launchFailures.add(launchFailureSpec.parse(json(request.body)));
    return {};
  });
  app.post('/_sandbox/instances/:id/crash', async (request) => {
    const { id } = named.parse(request.params);
    await cloud.dataPlane.terminate(id);
    reconciler.serverEnded(id);
    return {};
  });
}

function trafficRoutes(app: FastifyInstance, cloud: Cloud): void {
  const onlyVirtual = new MistakenCall('the traffic of this sandbox is real: start it with --virtual');
  app.put('/_sandbox/balancers/:id/virtual-load', (request) => {
    const { id } = named.parse(request.params);
    const { requestsPerSecond } = z.object({ requestsPerSecond: z.number().min(0) }).parse(json(request.body));
    if (!cloud.dataPlane.setVirtualLoad) throw onlyVirtual;
    const listeners = listenerAddresses(cloud).filter(({ balancer }) => balancer === id);
    if (listeners.length === 0) throw new MistakenCall(`there is no balancer '${id}' with a listener`);
    for (const { listenerArn } of listeners) cloud.dataPlane.setVirtualLoad(listenerArn, requestsPerSecond);
    return {};
  });
  app.get('/_sandbox/virtual-traffic', () => {
    const traffic = cloud.dataPlane.virtualTraffic?.();
    if (!traffic) throw onlyVirtual;
    const names = new Map([...cloud.state.loadBalancers.values()].map(({ dimension, name }) => [dimension, name]));
    return Object.fromEntries(Object.entries(traffic).map(([dimension, sums]) => [names.get(dimension), sums]));
  });
}

/** What was asked for cannot be, and the message says why. */
class MistakenCall extends Error {
  override readonly name = 'MistakenCall';
}

function json(body: unknown): unknown {
  return JSON.parse(Buffer.isBuffer(body) && body.length > 0 ? body.toString('utf8') : '{}');
}
