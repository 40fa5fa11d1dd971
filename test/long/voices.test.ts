/** Who is told, and who may speak: the webhook, the command line and the gateway, on deployments that really run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { signatureHeaders } from '../../dev/gateway-client';
import { targetGroupName } from '../../dev/ledger/creations';
import { drainIdOf } from '../../domain/deployment';
import type { Notification } from '../../domain/notification';
import { deploymentsIn } from '../../gateway/deployments';
import { buildGateway } from '../../gateway/server';
import { ServiceDirectory } from '../../gateway/service-directory';
import { cli, type CliRun } from '../cli/support';
import { isSignedWith, notificationIn, receiver, type Receiver } from '../support/receiver';
import { waitUntil } from '../support/wait-until';
import { deploy, resultOf, serviceFile, untilShare } from '../e2e/support/deployments';
import { askDrain, drainHandle, drainResultOf, noticesOf, untilDrain } from '../e2e/support/drains';
import { shrink } from '../e2e/support/outsider';
import { openStage, type Stage } from '../e2e/support/stage';
import { expectUntouched, long, unjudged } from '../e2e/support/steer';
import { instancesOf, outsiderOf, resizeGroup, viewOf } from '../e2e/support/view';
import { images } from '../e2e/support/world';

/** Far above what it takes alone: other test files run beside. */
const timeoutMs = 180_000;
const notifySecret = 'a-secret-of-at-least-thirty-two-characters';
const webhookSecret = 'another-secret-of-thirty-two-characters';
let stage: Stage;
let gateway: FastifyInstance;
let gatewayUrl: string;
let directory: string;

beforeAll(async () => {
  const services = [
    ...['night', 'down', 'silent'].map((name) => ({ name, virtualLoad: 60 })),
    ...['gate', 'sick', 'chat', 'regret', 'sorry', 'kept'].map((name) => ({ name, virtualLoad: 0 })),
  ];
  stage = await openStage(services, { FLEETSHIFT_NOTIFY_SECRET: notifySecret }, 'virtual');
  directory = mkdtempSync(join(tmpdir(), 'fleetshift-voices-'));
  gateway = buildGateway({
    services: new ServiceDirectory(directory),
    deployments: deploymentsIn(stage.temporal),
    webhookSecret,
    nowMs: () => Date.now(),
  });
  gatewayUrl = await gateway.listen({ host: '127.0.0.1', port: 0 });
}, 120_000);

afterAll(async () => {
  await gateway.close();
  await stage.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

async function withReceiver(work: (there: Receiver) => Promise<void>): Promise<void> {
  const there = await receiver();
  await there.up();
  try {
    await work(there);
  } finally {
    await there.down();
  }
}

const notifying = (there: Receiver) => ({ notify: { webhook: `${there.url}/hook` } });

/** What the receiver has taken, which is what counts for it; fails when one was taken twice or is not signed. */
function toldTo({ received }: Receiver): Notification[] {
  expect(received.every((call) => isSignedWith(notifySecret, call))).toBe(true);
  const told = received.filter(({ status }) => status < 300 && status > 0).map(notificationIn);
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  return told;
}

function untilTold(there: Receiver, event: Notification['event']): Promise<Notification> {
  const find = () => Promise.resolve(toldTo(there).find((told) => told.event === event) ?? null);
  return waitUntil(`"${event}" to be told`, find, { deadlineMs: 60_000 }) as Promise<Notification>;
}

/** In the target group of this name. */
async function untilHealthy(name: string, servers: number): Promise<void> {
  const { targetGroupArns } = await outsiderOf(stage).view(name);
  const arn = targetGroupArns.find((one) => targetGroupName(one) === name) ?? '';
  await waitUntil(`${servers} healthy in ${name}`, () => outsiderOf(stage).healthyTargets(arn), {
    until: (healthy) => healthy === servers,
  });
}

/** As somebody types it. */
function run(command: string): Promise<CliRun> {
  return cli(command.split(' ').slice(1), stage.env);
}

async function post(path: string, content: object) {
  const body = JSON.stringify(content);
  const response = await fetch(`${gatewayUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signatureHeaders({ secret: webhookSecret, method: 'POST', path, body, nowMs: Date.now() }),
    },
    body,
  });
  return { status: response.status, json: await response.json() };
}

test.concurrent(
  'a rollback at night tells somebody when it begins and when it is done: signed, tried again, each once',
  () =>
    withReceiver(async (there) => {
      there.answers.push({ status: 500 }, { status: 204 });
      const id = await deploy(stage, serviceFile('night', notifying(there)), images.bad);
      const result = await resultOf(stage, id);
      expect(result).toMatchObject({ outcome: 'rolled-back', repairs: [] });
      const [done, begun] = [await untilTold(there, 'rolled-back'), await untilTold(there, 'rolling-back')];
      expect(done).toMatchObject({ deploymentId: id, number: 1, outcome: 'rolled-back', reason: result.reason });
      expect(done.reason).toMatch(/\d+ of \d+ requests/);
      expect(begun).toMatchObject({ deploymentId: id, outcome: null, reason: result.reason });
      // The one that was answered with 500 came again, word for word.
      const [failed] = there.received;
      expect(failed?.status).toBe(500);
      const twice = there.received.filter(({ body }) => body === failed?.body).map(({ status }) => status);
      expect(twice).toEqual([500, 204]);
      expect(toldTo(there)).toHaveLength(2);
    }),
  timeoutMs,
);

test.concurrent(
  'a gate that waits is told with the command that passes it, and that command does',
  () =>
    withReceiver(async (there) => {
      const shift = { ...unjudged.shift, gates: [20] };
      const id = await deploy(stage, serviceFile('gate', { shift, ...notifying(there) }), images.good);
      const told = await untilTold(there, 'gate-waiting');
      expect(told).toMatchObject({ deploymentId: id, gate: { atPercent: 20 }, hold: null, outcome: null });
      const command = told.commands.find(({ effect }) => effect === 'goes on')?.command ?? '';
      expect(await run(`${command} --by ada --key passed`)).toEqual({
        exitCode: 0,
        out: `promote taken by ${id}: the gate is passed\n`,
        err: '',
      });
      expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
      expect(await run(`fleetshift promote ${id}`)).toMatchObject({
        exitCode: 2,
        out: '',
        err: expect.stringContaining('has already ended (succeeded)') as string,
      });
    }),
  timeoutMs,
);

test.concurrent(
  'a hold is told with its reason, and an ending that needs somebody with exactly what is left to do',
  () =>
    withReceiver(async (there) => {
      const change = { ...long, limits: { hold: '4s' }, ...notifying(there) };
      const id = await deploy(stage, serviceFile('sick', change), images.good);
      await untilShare(stage, id, 20);
      await stage.sandbox.admin.failLaunches({ groupName: 'sick-v1', statusMessage: 'no capacity', times: 1000 });
      const [instanceId = ''] = await instancesOf(stage, 'sick-v1');
      await stage.sandbox.admin.crashInstance(instanceId);
      const held = await untilTold(there, 'held');
      expect(held).toMatchObject({ deploymentId: id, hold: { reason: 'old-unhealthy' }, outcome: null, repairs: [] });
      const result = await resultOf(stage, id);
      const ending = await untilTold(there, 'needs-attention');
      const { outcome, reason, repairs } = result;
      expect(outcome).toBe('needs-attention');
      expect(ending).toMatchObject({ deploymentId: id, outcome, reason, repairs });
      expect(repairs.join('\n')).toContain('20 % of the traffic is on');
    }),
  timeoutMs,
);

test.concurrent.each([
  { name: 'down', what: 'is down' },
  { name: 'silent', what: 'hangs' },
])(
  'a receiver that $what delays nothing: the deployment has ended while it is still tried; when it is back it is told',
  ({ name }) =>
    withReceiver(async (there) => {
      if (name === 'down') await there.down();
      else there.answers.push('silence');
      const id = await deploy(stage, serviceFile(name, notifying(there)), images.bad);
      expect(await resultOf(stage, id)).toMatchObject({ outcome: 'rolled-back', repairs: [] });
      expect(toldTo(there)).toEqual([]);
      if (name === 'down') await there.up();
      else there.answers.splice(0, 1, { status: 204 });
      expect(await untilTold(there, 'rolled-back')).toMatchObject({ deploymentId: id });
      expect(await untilTold(there, 'rolling-back')).toMatchObject({ deploymentId: id });
    }),
  timeoutMs,
);

test.concurrent(
  'an abort through the gateway stops a running deployment and puts everything back; a forged one does nothing',
  async () => {
    const id = await deploy(stage, serviceFile('chat', long), images.good);
    await untilShare(stage, id, 20);
    const path = `/v1/deployments/${id}/abort`;
    const forged = await fetch(`${gatewayUrl}${path}`, {
      method: 'POST',
      headers: signatureHeaders({ secret: notifySecret, method: 'POST', path, body: '', nowMs: Date.now() }),
    });
    expect(forged.status).toBe(401);
    const broken = await post(path, { by: 7 });
    expect(broken).toMatchObject({ status: 400, json: { error: { problems: [{ path: 'by' }] } } });
    const taken = await post(path, { by: 'bot', reason: 'wrong one', idempotencyKey: 'stop' });
    expect(taken).toMatchObject({ status: 202, json: { id, kind: 'taken', state: { requests: [{ by: 'bot' }] } } });
    expect(await resultOf(stage, id)).toMatchObject({ outcome: 'aborted', reason: 'aborted by bot: wrong one' });
    await expectUntouched(stage, 'chat');
    expect(await post(path, { by: 'bot' })).toMatchObject({ status: 409, json: { error: { code: 'ended' } } });
  },
  timeoutMs,
);

test.concurrent(
  'a rollback asked of a deployment that has succeeded goes to its drain, which tells; status shows until when it can',
  () =>
    withReceiver(async (there) => {
      const change = { ...unjudged, keep: '1h', ...notifying(there) };
      const id = await deploy(stage, serviceFile('regret', change), images.good);
      expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
      await untilDrain(stage, id, 'the keep', (progress) => progress.phase === 'keep');
      expect((await run(`fleetshift status ${id}`)).out).toMatch(
        /kept for an instant way back until .* \((59m|1h).*left/,
      );
      const asked = await run(`fleetshift rollback ${id} --by ada --reason slower`);
      expect(asked).toMatchObject({
        exitCode: 0,
        err: '',
        out: expect.stringContaining('rollback taken by drain:') as string,
      });
      expect(await drainResultOf(stage, id)).toMatchObject({ ending: 'rolled-back', repairs: [] });
      expect((await viewOf(stage, 'regret')).routes).toEqual([{ regret: 100 }]);
      const after = await run(`fleetshift status ${id.replace('deploy', 'drain')}`);
      expect(after).toMatchObject({ exitCode: 1, out: expect.stringContaining('asked for by ada: slower') as string });
      expect(await untilTold(there, 'rolled-back')).toMatchObject({
        deploymentId: id,
        drainId: id.replace('deploy', 'drain'),
        reason: expect.stringContaining('asked for by ada: slower') as string,
      });
    }),
  timeoutMs,
);

test.concurrent(
  'a way back from what is kept is told when it begins and ends, and answered also after a cancel that is ignored',
  () =>
    withReceiver(async (there) => {
      const id = await deploy(
        stage,
        serviceFile('sorry', { ...unjudged, keep: '1h', ...notifying(there) }),
        images.good,
      );
      expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
      await drainHandle(stage, id).cancel();
      await untilDrain(stage, id, 'the warning', (progress) => noticesOf(progress).includes('the cancel is ignored'));
      expect(await askDrain(stage, id, 'rollback', { by: 'ada' })).toMatchObject({ kind: 'taken' });
      const { drainId, ending, reason } = await drainResultOf(stage, id);
      expect(ending).toBe('rolled-back');
      const about = { deploymentId: id, drainId, number: 1, revision: { imageId: images.good }, reason };
      expect(await untilTold(there, 'rolling-back')).toMatchObject(about);
      expect(await untilTold(there, 'rolled-back')).toMatchObject({ ...about, outcome: 'rolled-back', repairs: [] });
    }),
  timeoutMs,
);

test.concurrent(
  'a kept fleet that could not take the traffic back is told once, status says so, and that it is well again',
  () =>
    withReceiver(async (there) => {
      const change = { ...unjudged, keep: '1h', ...notifying(there) };
      const id = await deploy(stage, serviceFile('kept', change), images.good);
      expect(await resultOf(stage, id)).toMatchObject({ outcome: 'succeeded' });
      const servers = (await instancesOf(stage, 'kept-v1')).length;
      await shrink(stage, 'kept-v1', servers - 1);
      await untilHealthy('kept', servers - 1);
      // Who is asked for something looks anew at once, so that less is waited for here.
      await askDrain(stage, id, 'pause');
      const told = await untilTold(there, 'way-back-at-risk');
      const reason = `healthy servers of kept-v1: ${servers - 1}, needed to carry everything: ${servers}`;
      expect(told).toMatchObject({
        ...{ deploymentId: id, drainId: drainIdOf(id), outcome: null },
        reason: expect.stringContaining(reason) as string,
      });
      expect((await run(`fleetshift status ${drainIdOf(id)}`)).out).toMatch(
        /^ {2}at risk: healthy servers of kept-v1/m,
      );
      await resizeGroup(stage, 'kept-v1', { MinSize: servers, DesiredCapacity: servers });
      await untilHealthy('kept', servers);
      await askDrain(stage, id, 'resume');
      const { risks } = await untilDrain(stage, id, 'it to be well again', (progress) =>
        noticesOf(progress).includes('old could take all traffic back again'),
      );
      expect(risks).toEqual({ risks: [], changes: 2 });
      expect((await run(`fleetshift status ${drainIdOf(id)}`)).out).not.toMatch(/^ {2}at risk/m);
      expect(await askDrain(stage, id, 'rollback')).toMatchObject({ kind: 'taken' });
      expect(await drainResultOf(stage, id)).toMatchObject({ ending: 'rolled-back', repairs: [] });
      await untilTold(there, 'rolled-back');
      expect(toldTo(there).filter(({ event }) => event === 'way-back-at-risk')).toHaveLength(1);
    }),
  timeoutMs,
);
