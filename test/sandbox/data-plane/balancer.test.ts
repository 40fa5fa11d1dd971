import { createServer } from 'node:net';
import type { DataPlane, ListenerSettings, Target, TargetGroupSettings } from '../../../sandbox/data-plane/types';
import { waitUntil } from '../../support/wait-until';
import {
  allPoints,
  cleanUpWith,
  deadTarget,
  forwardTo,
  get,
  instanceOf,
  launch,
  newAddress,
  newAgent,
  newGroup,
  newPlane,
  stateOf,
  targetInTest,
  total,
  withWeights,
} from './support';

describe('the balancer', () => {
  it('sends about a tenth of the requests to a group of weight 10 beside 90', async () => {
    const plane = newPlane();
    const [small, smallGroup] = await healthyGroup(plane);
    const [, bigGroup] = await healthyGroup(plane);
    const listener = forwardTo(
      { targetGroupArn: smallGroup.arn, weight: 10 },
      { targetGroupArn: bigGroup.arn, weight: 90 },
    );
    const port = await plane.openListener(listener, 0);
    const requests = 1000;
    let toSmall = 0;
    await atOnce(20, requests, newAgent(20), port, (answer) => {
      if (instanceOf(answer) === small.instanceId) toSmall += 1;
    });
    // Six standard deviations: once in a billion runs.
    const deviation = Math.sqrt(requests * 0.1 * 0.9);
    expect(Math.abs(toSmall - requests * 0.1)).toBeLessThan(6 * deviation);
    const pair = pairOf(listener, smallGroup);
    await waitUntil('every request to be counted', () => total(plane, 'RequestCount', pair) === toSmall);
  });

  it('takes turns among the healthy targets of a group', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const healthy = [launch(plane), launch(plane)];
    const unhealthy = launch(plane, { healthStatus: 500 });
    for (const target of [...healthy, unhealthy]) plane.register(group.arn, target);
    await waitUntil('two healthy ones', () => healthy.every((target) => stateOf(plane, group, target) === 'healthy'));
    const turns: string[] = [];
    for (let count = 0; count < 6; count += 1) turns.push(instanceOf(await get(port)));
    expect(new Set(turns.slice(0, 2))).toEqual(new Set(healthy.map(({ instanceId }) => instanceId)));
    expect(turns.slice(2)).toEqual(turns.slice(0, 4));
  });

  it('fails open: when no target is healthy, all of them get requests', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const targets = [launch(plane, { healthStatus: 500 }), launch(plane, { healthStatus: 500 })];
    for (const target of targets) plane.register(group.arn, target);
    await waitUntil('bad health', () =>
      targets.every((target) => stateOf(plane, group, target) === 'unhealthy Target.ResponseCodeMismatch'),
    );
    const reached = new Set([instanceOf(await get(port)), instanceOf(await get(port))]);
    expect(reached).toEqual(new Set(targets.map(({ instanceId }) => instanceId)));
  });

  it('answers 503 for a group without targets, and leaves the metrics of the group empty', async () => {
    const plane = newPlane();
    const empty = newGroup(plane);
    const listener = forwardTo({ targetGroupArn: empty.arn, weight: 1 });
    const port = await plane.openListener(listener, 0);
    expect(await get(port)).toMatchObject({ status: 503 });
    const balancer = { LoadBalancer: listener.loadBalancerDimension };
    await waitUntil('the balancer error', () => total(plane, 'HTTPCode_ELB_503_Count', balancer) === 1);
    expect(total(plane, 'HTTPCode_ELB_5XX_Count', balancer)).toBe(1);
    const pair = { ...balancer, TargetGroup: empty.dimension };
    for (const name of ['RequestCount', 'HTTPCode_Target_5XX_Count', 'HTTPCode_ELB_5XX_Count', 'HealthyHostCount']) {
      expect(allPoints(plane, name, pair)).toEqual([]);
    }
    expect(allPoints(plane, 'RequestCount', balancer)).toEqual([]);
  });

  it('answers 503 when all weights are 0, and does not spill from an empty group to its neighbour', async () => {
    const plane = newPlane();
    const [, full] = await healthyGroup(plane);
    const empty = newGroup(plane);
    const zero = await plane.openListener(forwardTo({ targetGroupArn: full.arn, weight: 0 }), 0);
    expect(await get(zero)).toMatchObject({ status: 503 });
    const spill = await plane.openListener(
      forwardTo({ targetGroupArn: full.arn, weight: 0 }, { targetGroupArn: empty.arn, weight: 1 }),
      0,
    );
    expect(await get(spill)).toMatchObject({ status: 503 });
  });

  it('answers 502 for a target that refuses the connection, and counts it as a connection error', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    const listener = forwardTo({ targetGroupArn: group.arn, weight: 1 });
    const port = await plane.openListener(listener, 0);
    plane.register(group.arn, deadTarget());
    expect(await get(port)).toMatchObject({ status: 502 });
    const pair = pairOf(listener, group);
    await waitUntil('the count', () => total(plane, 'TargetConnectionErrorCount', pair) === 1);
    expect(total(plane, 'RequestCount', pair)).toBe(1);
    expect(total(plane, 'HTTPCode_Target_5XX_Count', pair)).toBe(0);
    expect(total(plane, 'HTTPCode_ELB_502_Count', { LoadBalancer: listener.loadBalancerDimension })).toBe(1);
  });

  it('answers 502 for a target that resets the connection, which is no connection error', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    const listener = forwardTo({ targetGroupArn: group.arn, weight: 1 });
    const port = await plane.openListener(listener, 0);
    plane.register(group.arn, await targetInTest((request) => request.socket.resetAndDestroy()));
    expect(await get(port)).toMatchObject({ status: 502 });
    const pair = pairOf(listener, group);
    await waitUntil('the count', () => total(plane, 'RequestCount', pair) === 1);
    expect(total(plane, 'TargetConnectionErrorCount', pair)).toBe(0);
  });

  it('answers 504 for a target that stays silent', async () => {
    const plane = newPlane({ targetTimeoutSeconds: 0.2 });
    const group = newGroup(plane);
    const listener = forwardTo({ targetGroupArn: group.arn, weight: 1 });
    const port = await plane.openListener(listener, 0);
    plane.register(group.arn, await targetInTest(() => undefined));
    expect(await get(port)).toMatchObject({ status: 504 });
    const balancer = { LoadBalancer: listener.loadBalancerDimension };
    await waitUntil('the count', () => total(plane, 'HTTPCode_ELB_504_Count', balancer) === 1);
  });

  it('breaks the connection of the client when the target breaks in the middle of an answer', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const target = await targetInTest((_request, response) => {
      response.write('half');
      setImmediate(() => response.destroy());
    });
    plane.register(group.arn, target);
    await expect(get(port)).rejects.toThrow();
  });

  it('does not let a client see that a server closed an idle connection just when a request came', async () => {
    const plane = newPlane();
    const group = newGroup(plane, { healthCheck: { intervalSeconds: 300 } });
    const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    plane.register(group.arn, await closesOnSecondRequest());
    const agent = newAgent(1);
    for (let count = 0; count < 4; count += 1) expect(await get(port, '/', { agent })).toMatchObject({ status: 200 });
  });

  it('passes bodies, headers and statuses on in both directions', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const target = await targetInTest((request, response) => {
      response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'], 'x-seen': request.headers['x-forwarded-for'] ?? '' });
      response.write(`${request.method} ${request.url} ${request.headers.host} `);
      request.pipe(response);
    });
    plane.register(group.arn, target);
    const headers = { host: 'shop.example', 'x-forwarded-for': '10.0.0.1' };
    const answer = await get(port, '/a?b=c', { method: 'POST', body: 'x'.repeat(200_000), headers });
    expect(answer.status).toBe(201);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers['x-seen']).toBe('10.0.0.1, 127.0.0.1');
    expect(answer.body).toBe(`POST /a?b=c shop.example ${'x'.repeat(200_000)}`);
  });

  it('gives fixed responses itself', async () => {
    const plane = newPlane();
    const fixed = { kind: 'fixed-response', statusCode: 418, contentType: 'text/plain', body: 'short' } as const;
    const listener = forwardTo();
    const rules = [{ priority: 1, conditions: [], action: fixed }];
    const port = await plane.openListener({ ...listener, rules }, 0);
    expect(await get(port)).toMatchObject({ status: 418, body: 'short' });
  });

  it('applies changed rules only after the propagation lag, and in their order', async () => {
    const plane = newPlane({ propagationLagSeconds: 100 });
    const [one, oneGroup] = await healthyGroup(plane);
    const [two, twoGroup] = await healthyGroup(plane);
    const listener = forwardTo({ targetGroupArn: oneGroup.arn, weight: 1 });
    const port = await plane.openListener(listener, 0);
    const agent = newAgent(1);
    plane.putListener(withWeights(listener));
    plane.putListener(withWeights(listener, { targetGroupArn: twoGroup.arn, weight: 1 }));
    const seen: string[] = [];
    await waitUntil(
      'the new rules',
      async () => {
        const answer = await get(port, '/', { agent });
        const from = answer.status === 200 ? instanceOf(answer) : String(answer.status);
        if (seen.at(-1) !== from) seen.push(from);
        return from === two.instanceId;
      },
      { everyMs: 5 },
    );
    // The rules between were in force for less than one request, or were met as a 503.
    expect(seen.filter((from) => from !== '503')).toEqual([one.instanceId, two.instanceId]);
  });

  it('frees the port of a closed listener and tells of one that is taken', async () => {
    const plane = newPlane();
    const first = forwardTo();
    const port = await plane.openListener(first, 0);
    await expect(plane.openListener(forwardTo(), port)).rejects.toThrow('EADDRINUSE');
    await plane.closeListener(first.arn);
    expect(await plane.openListener(forwardTo(), port)).toBe(port);
  });

  it('samples how many targets are healthy, zero included', async () => {
    const plane = newPlane();
    const [, group, listener] = await healthyGroup(plane);
    const pair = pairOf(listener, group);
    const newest = (name: string): number | undefined => allPoints(plane, name, pair, 'Maximum').at(-1)?.value;
    await waitUntil('a full period', () => newest('HealthyHostCount') === 1 && newest('UnHealthyHostCount') === 0);
  });
});

/** A group with one healthy server, kept in use by a listener of its own. */
async function healthyGroup(plane: DataPlane): Promise<[Target, TargetGroupSettings, ListenerSettings]> {
  const group = newGroup(plane);
  const listener = forwardTo({ targetGroupArn: group.arn, weight: 0 });
  await plane.openListener(listener, 0);
  const target = launch(plane);
  plane.register(group.arn, target);
  await waitUntil('health', () => stateOf(plane, group, target) === 'healthy');
  return [target, group, listener];
}

function pairOf(listener: ListenerSettings, group: TargetGroupSettings): Record<string, string> {
  return { LoadBalancer: listener.loadBalancerDimension, TargetGroup: group.dimension };
}

async function atOnce(
  width: number,
  requests: number,
  agent: ReturnType<typeof newAgent>,
  port: number,
  look: (answer: Awaited<ReturnType<typeof get>>) => void,
): Promise<void> {
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      look(await get(port, '/', { agent }));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Speaks HTTP by hand: one good answer per connection, and a reset as soon as a second request arrives on it. */
async function closesOnSecondRequest(): Promise<Target> {
  const address = newAddress();
  const server = createServer((socket) => {
    let requests = 0;
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests += 1;
      if (requests > 1) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nkeep-alive: timeout=75\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => server.listen(8080, address, resolve));
  cleanUpWith(async () => void server.close());
  return { instanceId: 'i-closes', address, port: 8080 };
}
