import { checkHealth } from '../../../sandbox/data-plane/targets/health-check';
import { waitUntil } from '../../support/wait-until';
import { deadTarget, forwardTo, launch, newGroup, newPlane, stateOf, targetInTest, withWeights } from './support';

describe('the health of targets', () => {
  it('stays unused, and unchecked, until a listener names the group; weight 0 is enough', async () => {
    const plane = newPlane({ propagationLagSeconds: 3600 });
    let checks = 0;
    const target = await targetInTest((_request, response) => {
      checks += 1;
      response.end();
    });
    const referenced = newGroup(plane);
    const unreferenced = newGroup(plane);
    plane.register(unreferenced.arn, target);
    plane.register(referenced.arn, launch(plane));
    const listener = forwardTo({ targetGroupArn: referenced.arn, weight: 1 });
    await plane.openListener(listener, 0);
    await waitUntil(
      'the referenced group to be checked',
      () => plane.targetHealth(referenced.arn)[0]?.state === 'healthy',
    );
    expect(stateOf(plane, unreferenced, target)).toBe('unused Target.NotInUse');
    expect(checks).toBe(0);

    const both = [
      { targetGroupArn: referenced.arn, weight: 1 },
      { targetGroupArn: unreferenced.arn, weight: 0 },
    ];
    plane.putListener(withWeights(listener, ...both));
    expect(stateOf(plane, unreferenced, target)).toBe('initial Elb.RegistrationInProgress');
    await waitUntil('health', () => stateOf(plane, unreferenced, target) === 'healthy');

    plane.putListener(listener);
    expect(stateOf(plane, unreferenced, target)).toBe('unused Target.NotInUse');
  });

  it('goes from registration over first checks to healthy while a server boots', async () => {
    const plane = newPlane({ speed: 20 });
    const group = newGroup(plane, { healthCheck: { unhealthyThreshold: 10 } });
    await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const target = launch(plane, { bootSeconds: 10 });
    plane.register(group.arn, target);
    const seen: (string | undefined)[] = [];
    await waitUntil(
      'the target to become healthy',
      () => {
        const state = stateOf(plane, group, target);
        if (seen.at(-1) !== state) seen.push(state);
        return state === 'healthy';
      },
      { everyMs: 2 },
    );
    expect(seen).toEqual(['initial Elb.RegistrationInProgress', 'initial Elb.InitialHealthChecking', 'healthy']);
  });

  it('a server has as long to answer in a fast sandbox as in a slow one', async () => {
    const plane = newPlane({ speed: 100 });
    const group = newGroup(plane, { healthCheck: { timeoutSeconds: 10 } });
    await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const target = await targetInTest((_request, response) => setTimeout(() => response.end(), 300));
    plane.register(group.arn, target);
    await waitUntil('its answer to count', () => stateOf(plane, group, target) === 'healthy');
  });

  it('a server is not blamed for a time in which the sandbox itself stood still', async () => {
    const target = await targetInTest((_request, response) => response.end());
    const { healthCheck } = newGroup(newPlane(), { healthCheck: { timeoutSeconds: 1 } });
    const check = checkHealth(target, healthCheck, new AbortController().signal);
    const untilMs = performance.now() + 1200;
    while (performance.now() < untilMs);
    expect(await check).toEqual({ passed: true });
  });

  it('tells why a target is unhealthy', async () => {
    const plane = newPlane();
    const group = newGroup(plane, { healthCheck: { timeoutSeconds: 0.3 } });
    await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const targets = {
      'Target.FailedHealthChecks': deadTarget(),
      'Target.ResponseCodeMismatch': launch(plane, { healthStatus: 500 }),
      'Target.Timeout': await targetInTest(() => undefined),
    };
    for (const [reason, target] of Object.entries(targets)) {
      plane.register(group.arn, target);
      await waitUntil(reason, () => stateOf(plane, group, target) === `unhealthy ${reason}`);
    }
  });

  it('finds a server that dies, and one that comes back', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    let status = 200;
    const target = await targetInTest((_request, response) => response.writeHead(status).end());
    plane.register(group.arn, target);
    await waitUntil('health', () => stateOf(plane, group, target) === 'healthy');
    status = 500;
    await waitUntil('its loss', () => stateOf(plane, group, target) === 'unhealthy Target.ResponseCodeMismatch');
    status = 200;
    await waitUntil('its return', () => stateOf(plane, group, target) === 'healthy');
  });

  it('changed settings count from the next check', async () => {
    const plane = newPlane();
    const group = newGroup(plane, { healthCheck: { path: '/wrong' } });
    await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const target = await targetInTest((request, response) =>
      response.writeHead(request.url === '/right' ? 200 : 404).end(),
    );
    plane.register(group.arn, target);
    await waitUntil('the 404', () => stateOf(plane, group, target) === 'unhealthy Target.ResponseCodeMismatch');
    plane.putTargetGroup({ ...group, healthCheck: { ...group.healthCheck, path: '/right' } });
    await waitUntil('health', () => stateOf(plane, group, target) === 'healthy');
  });

  it('refuses a matcher that it could not go by, before any check runs', () => {
    const plane = newPlane();
    expect(() => newGroup(plane, { healthCheck: { matcher: '2xx' } })).toThrow('cannot read the health check matcher');
  });
});
