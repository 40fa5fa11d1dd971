import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { waitUntil } from '../../support/wait-until';
import { get, goodProgram, launch, newAddress, newAgent, newPlane } from './support';

describe('the servers', () => {
  it('answer with their version and instance, and on the health path with its status', async () => {
    const plane = newPlane();
    const target = launch(plane, { version: 'v7', healthStatus: 503, healthPath: '/alive' });
    const at = { host: target.address };
    const answer = await waitUntil('the server to listen', () => get(target.port, '/any', at));
    expect(answer).toMatchObject({ status: 200, headers: { 'x-version': 'v7' } });
    expect(JSON.parse(answer.body)).toEqual({ version: 'v7', instanceId: target.instanceId });
    expect(await get(target.port, '/alive', at)).toMatchObject({ status: 503 });
  });

  it('answer 500 with the error rate of their image', async () => {
    const plane = newPlane();
    const target = launch(plane, { errorRate: 1 });
    const at = { host: target.address };
    await waitUntil('the server to listen', () => get(target.port, '/health', at));
    expect(await get(target.port, '/', at)).toMatchObject({ status: 500 });
    expect(await get(target.port, '/health', at)).toMatchObject({ status: 200 });
  });

  it('do not listen before their boot time, divided by the speed, is over', async () => {
    const plane = newPlane({ speed: 100 });
    const launchedAtMs = Date.now();
    const target = launch(plane, { bootSeconds: 100 });
    await waitUntil('the server to listen', () => get(target.port, '/', { host: target.address }), { everyMs: 5 });
    expect(Date.now() - launchedAtMs).toBeGreaterThanOrEqual(1000);
  });

  it('end when asked to, while booting too', async () => {
    const plane = newPlane();
    const target = launch(plane, { bootSeconds: 360_000 });
    expect(plane.isRunning(target.instanceId)).toBe(true);
    await plane.terminate(target.instanceId);
    expect(plane.isRunning(target.instanceId)).toBe(false);
    await plane.terminate('i-unknown');
  });

  it('finish the request in flight after SIGTERM, and only then exit', async () => {
    const plane = newPlane();
    const target = launch(plane, { latencyMs: 300 });
    const at = { host: target.address };
    await waitUntil('the server to listen', () => get(target.port, '/health', at));
    // The server answers "100 Continue" as soon as it has the request.
    const slow = request({ ...at, port: target.port, agent: newAgent(1), headers: { expect: '100-continue' } });
    slow.flushHeaders();
    await once(slow, 'continue');
    slow.end();
    const answered = once(slow, 'response').then(([response]) => {
      (response as IncomingMessage).resume();
      return { status: (response as IncomingMessage).statusCode, stillRunning: plane.isRunning(target.instanceId) };
    });
    const gone = plane.terminate(target.instanceId);
    await waitUntil('the server to refuse new requests', () => isRefused(target.address));
    expect(await answered).toEqual({ status: 200, stillRunning: true });
    await gone;
    expect(plane.isRunning(target.instanceId)).toBe(false);
  });

  it('are reported when they end without having been asked to, and only then', async () => {
    const plane = newPlane();
    const exits: string[] = [];
    plane.onServerExit((instanceId) => exits.push(instanceId));
    const asked = launch(plane);
    await plane.terminate(asked.instanceId);
    const first = launch(plane);
    await waitUntil('the server to listen', () => get(first.port, '/', { host: first.address }));
    const second = { instanceId: 'i-same-address', address: first.address, program: { ...goodProgram } };
    plane.launch(second);
    await waitUntil('the end of the one that found its port taken', () => exits.length > 0);
    expect(exits).toEqual(['i-same-address']);
    expect(() => plane.launch({ ...second, instanceId: first.instanceId })).toThrow('already running');
  });

  it('die with their parent, though it was killed with SIGKILL', async () => {
    const spec = { instanceId: 'i-orphan', address: newAddress(), program: goodProgram };
    const dataPlane = join(__dirname, '../../../dist/sandbox/data-plane/data-plane.js');
    const options = { speed: 1, propagationLagSeconds: 0, metricResolutionSeconds: 1, metricLagSeconds: 0 };
    const script = `require(${JSON.stringify(dataPlane)})
      .createDataPlane(${JSON.stringify(options)}).launch(${JSON.stringify(spec)})`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = once(parent, 'exit');
    try {
      await waitUntil('the server to listen', () => get(goodProgram.port, '/', { host: spec.address }));
    } finally {
      parent.kill('SIGKILL');
    }
    await ended;
    await waitUntil('the orphan to be gone', () => isRefused(spec.address));
  });
});

function isRefused(host: string): Promise<boolean> {
  return get(goodProgram.port, '/', { host }).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
  );
}
