import type { DataPlane, ListenerSettings, TargetGroupSettings } from '../../../sandbox/data-plane/types';
import { waitUntil } from '../../support/wait-until';
import {
  allPoints,
  deadTarget,
  forwardTo,
  launch,
  newGroup,
  newVirtualPlane,
  stateOf,
  total,
  withWeights,
} from './support';

const requestsPerSecond = 2000;

function dimensionsOf(listener: ListenerSettings, group: TargetGroupSettings) {
  return { LoadBalancer: listener.loadBalancerDimension, TargetGroup: group.dimension };
}

/** A group with one healthy server behind a listener that has traffic. */
async function servingPlane(options: Parameters<typeof newVirtualPlane>[0] = {}) {
  const plane = newVirtualPlane(options);
  const group = newGroup(plane);
  const target = launch(plane);
  plane.register(group.arn, target);
  const listener = forwardTo({ targetGroupArn: group.arn, weight: 1 });
  await plane.openListener(listener, 0);
  await waitUntil('a healthy target', () => stateOf(plane, group, target) === 'healthy');
  plane.setVirtualLoad?.(listener.arn, requestsPerSecond);
  const requests = () => total(plane, 'RequestCount', dimensionsOf(listener, group));
  return { plane, group, target, listener, requests };
}

function trafficOf(plane: DataPlane, listener: ListenerSettings) {
  return plane.virtualTraffic?.()[listener.loadBalancerDimension];
}

test('a target is unused until a rule names its group, and healthy once its server has booted', async () => {
  const plane = newVirtualPlane();
  const group = newGroup(plane);
  const target = launch(plane, { bootSeconds: 100 });
  plane.register(group.arn, target);
  expect(stateOf(plane, group, target)).toBe('unused Target.NotInUse');
  await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 0 }), 0);
  expect(stateOf(plane, group, target)).toBe('initial Elb.RegistrationInProgress');
  await waitUntil('checks that fail during the boot', () =>
    stateOf(plane, group, target)?.startsWith('unhealthy Target.FailedHealthChecks'),
  );
  await waitUntil('a healthy target', () => stateOf(plane, group, target) === 'healthy');
});

test('a wrong answer of the health path, a wrong port and a missing server are all unhealthy', async () => {
  const plane = newVirtualPlane();
  const group = newGroup(plane);
  const sick = launch(plane, { healthStatus: 500 });
  const elsewhere = { ...launch(plane), port: 9999 };
  const missing = deadTarget();
  for (const target of [sick, elsewhere, missing]) plane.register(group.arn, target);
  await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
  const states = () => [sick, elsewhere, missing].map((target) => stateOf(plane, group, target));
  await waitUntil('three verdicts', () => states().every((state) => state?.startsWith('unhealthy')));
  expect(states()).toEqual([
    'unhealthy Target.ResponseCodeMismatch',
    'unhealthy Target.FailedHealthChecks',
    'unhealthy Target.FailedHealthChecks',
  ]);
});

test('requests are counted in every metric that they belong to, for group and balancer', async () => {
  const { plane, group, listener, requests } = await servingPlane();
  await waitUntil('requests', () => requests() > 0);
  plane.setVirtualLoad?.(listener.arn, 0);
  const ofGroup = dimensionsOf(listener, group);
  const sum = trafficOf(plane, listener)?.requests ?? 0;
  await waitUntil('the last period', () => requests() === sum);
  expect(trafficOf(plane, listener)).toEqual({ requests: sum, failedByTargets: 0, unanswered: 0 });
  for (const dimensions of [ofGroup, { LoadBalancer: listener.loadBalancerDimension }]) {
    expect(total(plane, 'RequestCount', dimensions)).toBe(sum);
    expect(total(plane, 'HTTPCode_Target_2XX_Count', dimensions)).toBe(sum);
    expect(total(plane, 'TargetResponseTime', dimensions, 'SampleCount')).toBe(sum);
    expect(allPoints(plane, 'HTTPCode_Target_5XX_Count', dimensions)).toEqual([]);
  }
});

test('without traffic there is no row, only the counts of hosts', async () => {
  const { plane, group, listener, requests } = await servingPlane();
  await waitUntil('requests', () => requests() > 0);
  plane.setVirtualLoad?.(listener.arn, 0);
  const dimensions = dimensionsOf(listener, group);
  const newestHosts = () => allPoints(plane, 'HealthyHostCount', dimensions, 'Minimum').at(-1);
  const before = newestHosts()?.startMs ?? 0;
  const rows = allPoints(plane, 'RequestCount', dimensions).length;
  // The same period may still have got requests before the load was turned off.
  await waitUntil('host counts of a later period', () => (newestHosts()?.startMs ?? 0) > before + 2000);
  expect(newestHosts()?.value).toBe(1);
  expect(allPoints(plane, 'RequestCount', dimensions).length).toBeLessThanOrEqual(rows + 1);
});

test('changed weights apply after the propagation lag, not before', async () => {
  const { plane, listener, requests } = await servingPlane({ speed: 1000, propagationLagSeconds: 1_000_000 });
  const next = newGroup(plane);
  const target = launch(plane);
  plane.register(next.arn, target);
  plane.putListener(withWeights(listener, { targetGroupArn: next.arn, weight: 1 }));
  await waitUntil('checks by the newest rules', () => stateOf(plane, next, target) === 'healthy');
  const before = requests();
  await waitUntil('a thousand requests more', () => requests() > before + 1000);
  expect(total(plane, 'RequestCount', dimensionsOf(listener, next))).toBe(0);
});

test('once applied, changed weights move the traffic', async () => {
  const { plane, listener, requests } = await servingPlane({ propagationLagSeconds: 10 });
  const next = newGroup(plane);
  const target = launch(plane);
  plane.register(next.arn, target);
  plane.putListener(withWeights(listener, { targetGroupArn: next.arn, weight: 1 }));
  await waitUntil('requests on the new group', () => total(plane, 'RequestCount', dimensionsOf(listener, next)) > 0);
  const left = requests();
  const arrived = () => total(plane, 'RequestCount', dimensionsOf(listener, next));
  const before = arrived();
  await waitUntil('a thousand requests more', () => arrived() > before + 1000);
  expect(requests()).toBe(left);
});

test('without a healthy target the balancer answers 503, and the requests are counted as lost', async () => {
  const { plane, group, target, listener, requests } = await servingPlane();
  const errors = () => total(plane, 'HTTPCode_ELB_503_Count', { LoadBalancer: listener.loadBalancerDimension });
  await waitUntil('requests', () => requests() > 0);
  expect(errors()).toBe(0);
  void plane.deregister(group.arn, target.instanceId);
  await waitUntil('errors of the balancer', () => errors() > 0);
  plane.setVirtualLoad?.(listener.arn, 0);
  await waitUntil('the last period', () => requests() + errors() === trafficOf(plane, listener)?.requests);
  expect(trafficOf(plane, listener)).toMatchObject({ failedByTargets: 0, unanswered: errors() });
});

test('a crashed server fails its requests until the checks notice', async () => {
  const { plane, group, target, listener } = await servingPlane({ speed: 10 });
  await plane.terminate(target.instanceId);
  expect(plane.isRunning(target.instanceId)).toBe(false);
  const dimensions = dimensionsOf(listener, group);
  await waitUntil('failed connections', () => total(plane, 'TargetConnectionErrorCount', dimensions) > 0);
  expect(trafficOf(plane, listener)?.failedByTargets).toBeGreaterThan(0);
  await waitUntil('an unhealthy target', () => stateOf(plane, group, target)?.startsWith('unhealthy'));
  await waitUntil('requests that nobody answers', () => (trafficOf(plane, listener)?.unanswered ?? 0) > 0);
});

test('a target drains for its delay, gets nothing meanwhile, and is gone afterwards', async () => {
  const { plane, group, target, listener } = await servingPlane();
  const stays = launch(plane);
  plane.register(group.arn, stays);
  await waitUntil('a second healthy target', () => stateOf(plane, group, stays) === 'healthy');
  let gone = false;
  const drained = plane.deregister(group.arn, target.instanceId).then(() => (gone = true));
  expect(stateOf(plane, group, target)).toBe('draining Target.DeregistrationInProgress');
  // Its server is gone, so that any request to it would fail.
  await plane.terminate(target.instanceId);
  expect(gone).toBe(false);
  await drained;
  expect(stateOf(plane, group, target)).toBeUndefined();
  expect(trafficOf(plane, listener)).toMatchObject({ failedByTargets: 0, unanswered: 0 });
});

test('a target that is registered again while it drains begins anew', async () => {
  const { plane, group, target } = await servingPlane({ speed: 1 });
  void plane.deregister(group.arn, target.instanceId);
  plane.register(group.arn, target);
  expect(stateOf(plane, group, target)).toBe('initial Elb.RegistrationInProgress');
  await waitUntil('a healthy target', () => stateOf(plane, group, target) === 'healthy');
});
