import type { DataPlane, Target, TargetGroupSettings } from '../../../sandbox/data-plane/types';
import { waitUntil } from '../../support/wait-until';
import { forwardTo, get, instanceOf, launch, newAgent, newGroup, newPlane, stateOf, targetInTest } from './support';

describe('deregistration', () => {
  it('lets a slow request in flight finish, while new ones go nowhere', async () => {
    const plane = newPlane();
    let release: (() => void) | undefined;
    const target = await targetInTest((request, response) => {
      if (request.url === '/work') release = () => response.end('late but whole');
      else response.end();
    });
    const group = newGroup(plane, { deregistrationDelaySeconds: 3600 });
    plane.register(group.arn, target);
    const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const answer = get(port, '/work');
    const finish = await waitUntil('the request to arrive', () => release);
    const gone = plane.deregister(group.arn, target.instanceId);
    expect(await get(port)).toMatchObject({ status: 503 });
    finish?.();
    expect(await answer).toMatchObject({ status: 200, body: 'late but whole' });
    expect(stateOf(plane, group, target)).toBe('draining Target.DeregistrationInProgress');
    plane.removeTargetGroup(group.arn);
    await gone;
  });

  it('drains for the whole delay though idle, then the target is gone and the promise resolves', async () => {
    const { plane, group, target } = await oneHealthyTarget({ deregistrationDelaySeconds: 50 });
    const gone = plane.deregister(group.arn, target.instanceId);
    expect(stateOf(plane, group, target)).toBe('draining Target.DeregistrationInProgress');
    await gone;
    expect(plane.targetHealth(group.arn)).toEqual([]);
    await plane.deregister(group.arn, target.instanceId);
    await plane.deregister('arn:unknown', target.instanceId);
  });

  it('cuts with 502 what is still in flight when the delay is over', async () => {
    const { plane, group, port, target } = await oneHealthyTarget({ deregistrationDelaySeconds: 50 });
    // On a connection that was used before: there the balancer could take the cut for a stale connection and retry.
    await get(port);
    const answer = get(port, '/slow?ms=600000');
    expect(await get(port)).toMatchObject({ status: 200 });
    await plane.deregister(group.arn, target.instanceId);
    expect(await answer).toMatchObject({ status: 502 });
  });

  it('is called off by a new registration, which begins as initial', async () => {
    const { plane, group, port, target } = await oneHealthyTarget({ deregistrationDelaySeconds: 3600 });
    const gone = plane.deregister(group.arn, target.instanceId);
    plane.register(group.arn, target);
    await gone;
    expect(stateOf(plane, group, target)).toBe('initial Elb.RegistrationInProgress');
    await waitUntil('health', () => stateOf(plane, group, target) === 'healthy');
    expect(await get(port)).toMatchObject({ status: 200 });
  });

  it('fails no request while targets are deregistered and terminated under load', async () => {
    const plane = newPlane();
    const group = newGroup(plane);
    const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
    const targets = [launch(plane), launch(plane), launch(plane, { latencyMs: 20 })];
    for (const target of targets) plane.register(group.arn, target);
    await waitUntil('health', () => targets.every((target) => stateOf(plane, group, target) === 'healthy'));
    const load = startLoad(port);
    const [stays, ...leave] = targets as [Target, ...Target[]];
    for (const target of leave) {
      await waitUntil('requests at it', () => load.servedBy.has(target.instanceId));
      await plane.deregister(group.arn, target.instanceId);
      await plane.terminate(target.instanceId);
    }
    const before = load.servedCount();
    await waitUntil('more requests', () => load.servedCount() > before + 100);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(instanceOf(await get(port))).toBe(stays.instanceId);
  });
});

async function oneHealthyTarget(
  settings: Partial<TargetGroupSettings> = {},
): Promise<{ plane: DataPlane; group: TargetGroupSettings; port: number; target: Target }> {
  const plane = newPlane();
  const group = newGroup(plane, settings);
  const port = await plane.openListener(forwardTo({ targetGroupArn: group.arn, weight: 1 }), 0);
  const target = launch(plane);
  plane.register(group.arn, target);
  await waitUntil('health', () => stateOf(plane, group, target) === 'healthy');
  return { plane, group, port, target };
}

function startLoad(port: number): {
  servedBy: Set<string>;
  servedCount: () => number;
  failures: string[];
  stop: () => Promise<unknown>;
} {
  const agent = newAgent(8);
  const servedBy = new Set<string>();
  const failures: string[] = [];
  let served = 0;
  let running = true;
  const worker = async (): Promise<void> => {
    while (running) {
      try {
        const answer = await get(port, '/', { agent });
        if (answer.status === 200) servedBy.add(instanceOf(answer));
        else failures.push(String(answer.status));
      } catch (error) {
        failures.push(String(error));
      }
      served += 1;
    }
  };
  const workers = Array.from({ length: 8 }, worker);
  return {
    servedBy,
    servedCount: () => served,
    failures,
    stop: () => {
      running = false;
      return Promise.all(workers);
    },
  };
}
