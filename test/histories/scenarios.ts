/**
 * What is done to get a history of each shape; the key is the service's name. The server suggests early to continue as
 * new, so that drains and services do.
 */
import { randomUUID } from 'node:crypto';
import { exitCodes } from '../../cli/exit-codes';
import { drainIdOf } from '../../domain/deployment';
import { serviceKey, type ServiceConfig } from '../../domain/service-file';
import { controlSignals, recoveryWorkflowId, serviceWorkflowId } from '../../workflows/messages';
import { cli, fileWith } from '../cli/support';
import {
  deploy,
  fileSections,
  resultOf,
  serviceFile,
  submit,
  untilProgress,
  untilShare,
} from '../e2e/support/deployments';
import { askDrain, drainResultOf, untilDrain } from '../e2e/support/drains';
import { shrink } from '../e2e/support/outsider';
import type { Stage } from '../e2e/support/stage';
import { ask, long } from '../e2e/support/steer';
import { instancesOf } from '../e2e/support/view';
import { images } from '../e2e/support/world';
import { receiver } from '../support/receiver';

export interface Taken {
  /** Name of the file. */
  shape: string;
  workflowId: string;
  /** Of those that continued as new; the newest unless told. */
  run?: 'first' | 'newest';
}

type Scenario = (stage: Stage, serviceName: string) => Promise<Taken[]>;

const unknownImage = 'ami-unknown';
const gated = { shift: { gates: [20] } };

export const scenarios: Record<string, Scenario> = {
  good: async (stage, name) => {
    const service = serviceFile(name);
    const id = await deploy(stage, service, images.good);
    await resultOf(stage, id);
    await drainResultOf(stage, id);
    return [
      { shape: 'deployment-succeeded', workflowId: id },
      { shape: 'drain-continued-as-new', workflowId: drainIdOf(id), run: 'first' },
      { shape: 'drain-finished', workflowId: drainIdOf(id) },
      { shape: 'lease', workflowId: await childOf(stage, id, 'lease') },
    ];
  },
  bad: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name), images.bad);
    await resultOf(stage, id);
    return [{ shape: 'deployment-rolled-back', workflowId: id }];
  },
  paused: async (stage, name) => {
    const id = await standingAtFirstStep(stage, serviceFile(name));
    await steer(stage, id, 'pause');
    await untilProgress(stage, id, 'the pause', ({ pause }) => pause !== null);
    await steer(stage, id, 'resume');
    await resultOf(stage, id);
    return [{ shape: 'deployment-paused', workflowId: id }];
  },
  aborted: async (stage, name) => {
    const id = await standingAtFirstStep(stage, serviceFile(name, long));
    await steer(stage, id, 'abort');
    await resultOf(stage, id);
    return [{ shape: 'deployment-aborted', workflowId: id }];
  },
  gated: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name, { ...gated, limits: { gate: '2s' } }), images.good);
    await resultOf(stage, id);
    return [{ shape: 'deployment-gate-expired', workflowId: id }];
  },
  attended: async (stage, name) => {
    const id = await standingAtFirstStep(stage, serviceFile(name, { ...long, limits: { hold: '3s' } }));
    const old = `${name}-v1`;
    await stage.sandbox.admin.failLaunches({ groupName: old, statusMessage: 'no capacity', times: 1000 });
    const [instanceId = ''] = await instancesOf(stage, old);
    await stage.sandbox.admin.crashInstance(instanceId);
    await resultOf(stage, id);
    return [{ shape: 'deployment-needs-attention', workflowId: id }];
  },
  refused: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name), unknownImage);
    await resultOf(stage, id);
    return [{ shape: 'deployment-refused', workflowId: id }];
  },
  recovered: async (stage, name) => {
    const service = serviceFile(name, long);
    const id = await standingAtFirstStep(stage, service);
    await stage.temporal.client.workflow.getHandle(id).terminate('to be recovered');
    const file = fileWith(`${name}.json`, JSON.stringify(fileSections(name, long)));
    const { exitCode, out, err } = await cli(['recover', file, '--json', '--back', '--wait'], stage.env);
    if (exitCode !== exitCodes.wentBack) throw new Error(out + err);
    return [
      { shape: 'deployment-recovered', workflowId: id },
      { shape: 'recovery', workflowId: recoveryWorkflowId(serviceKey(service)) },
    ];
  },
  regretted: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name, { keep: '1h' }), images.good);
    await resultOf(stage, id);
    await askDrain(stage, id, 'rollback', { by: 'ada', reason: 'recording' });
    await drainResultOf(stage, id);
    return [{ shape: 'drain-rolled-back', workflowId: drainIdOf(id) }];
  },
  risked: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name, { keep: '1h' }), images.good);
    await resultOf(stage, id);
    await shrink(stage, `${name}-v1`, 1);
    // Who is asked for something looks anew at once.
    await askDrain(stage, id, 'pause', { by: 'ada', reason: 'recording' });
    await untilDrain(stage, id, 'the risk', ({ risks }) => risks !== undefined);
    await askDrain(stage, id, 'rollback', { by: 'ada', reason: 'recording' });
    await drainResultOf(stage, id);
    return [{ shape: 'drain-at-risk', workflowId: drainIdOf(id), run: 'first' }];
  },
  promoted: async (stage, name) => {
    const there = await receiver();
    await there.up();
    const service = serviceFile(name, { ...gated, notify: { webhook: `${there.url}/hook` } });
    const answer = await submit(stage, service, images.good, randomUUID(), { hotfix: true });
    if (answer.kind !== 'admitted') throw new Error(JSON.stringify(answer));
    const { deploymentId: id } = answer;
    await untilProgress(stage, id, 'the gate', ({ gate }) => gate !== null);
    await ask(stage, id, 'promote', { by: 'ada', reason: 'recording' });
    await resultOf(stage, id);
    const notificationId = await childOf(stage, id, 'notification');
    await stage.temporal.client.workflow.getHandle(notificationId).result();
    await there.down();
    return [
      { shape: 'deployment-promoted', workflowId: id },
      { shape: 'notification', workflowId: notificationId },
    ];
  },
  cancelled: async (stage, name) => {
    const id = await standingAtFirstStep(stage, serviceFile(name, long));
    await stage.temporal.client.workflow.getHandle(id).cancel();
    await resultOf(stage, id);
    return [{ shape: 'deployment-cancelled', workflowId: id }];
  },
  replaced: async (stage, name) => {
    const first = await deploy(stage, serviceFile(name, { keep: '1h' }), images.good);
    await resultOf(stage, first);
    const second = await deploy(stage, serviceFile(name), images.v1);
    await resultOf(stage, second);
    await drainResultOf(stage, first);
    return [
      { shape: 'deployment-of-the-next', workflowId: second },
      { shape: 'drain-superseded', workflowId: drainIdOf(first), run: 'first' },
    ];
  },
  late: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name), images.good);
    await resultOf(stage, id);
    await untilDrain(stage, id, 'old to be let go', ({ phase }) => phase !== 'keep');
    const answer = await askDrain(stage, id, 'rollback', { by: 'ada', reason: 'recording' });
    await steer(stage, answer.deploymentId ?? '', 'abort');
    await drainResultOf(stage, id);
    return [{ shape: 'drain-rollback-after-keep', workflowId: drainIdOf(id), run: 'first' }];
  },
  queued: async (stage, name) => {
    const service = serviceFile(name, { whenBusy: 'queue' });
    const first = await deploy(stage, service, images.good);
    await steer(stage, first, 'pause');
    const second = await deploy(stage, service, images.good);
    const third = await deploy(stage, serviceFile(name, { whenBusy: 'supersede' }), unknownImage);
    await resultOf(stage, third);
    const workflowId = serviceWorkflowId(serviceKey(service));
    return [
      { shape: 'deployment-superseded', workflowId: second },
      { shape: 'deployment-queued', workflowId: third },
      { shape: 'service-continued-as-new', workflowId, run: 'first' },
      { shape: 'service-queue', workflowId },
    ];
  },
};

async function standingAtFirstStep(stage: Stage, service: ServiceConfig): Promise<string> {
  const id = await deploy(stage, service, images.good);
  await untilShare(stage, id, 20);
  return id;
}

async function steer(stage: Stage, id: string, verb: keyof typeof controlSignals): Promise<void> {
  await stage.temporal.client.workflow.getHandle(id).signal(controlSignals[verb], { by: 'ada', reason: 'recording' });
}

/** Id of the first workflow of a type that a deployment has started. */
async function childOf(stage: Stage, deploymentId: string, type: 'lease' | 'notification'): Promise<string> {
  const { events = [] } = await stage.temporal.client.workflow.getHandle(deploymentId).fetchHistory();
  const started = (events ?? []).flatMap((event) => {
    const child = event.childWorkflowExecutionStartedEventAttributes;
    return child?.workflowType?.name === type ? [child.workflowExecution?.workflowId ?? ''] : [];
  });
  if (started[0] === undefined) throw new Error(`${deploymentId} started no ${type}`);
  return started[0];
}
