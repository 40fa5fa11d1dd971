/** What is done to get a history of each shape; the key is the service's name. */
import { drainIdOf } from '../../domain/deployment';
import { serviceKey } from '../../domain/service-file';
import { controlSignals, serviceWorkflowId } from '../../workflows/messages';
import { deploy, resultOf, serviceFile, untilProgress } from '../e2e/support/deployments';
import type { Stage } from '../e2e/support/stage';
import { long } from '../e2e/support/steer';
import { instancesOf } from '../e2e/support/view';
import { images } from '../e2e/support/world';

export interface Taken {
  /** Name of the file. */
  shape: string;
  workflowId: string;
  /** Of a workflow that continued as new; the newest run unless told. */
  runId?: string;
}

type Scenario = (stage: Stage, serviceName: string) => Promise<Taken[]>;

export const scenarios: Record<string, Scenario> = {
  good: async (stage, name) => {
    const service = serviceFile(name);
    const id = await deploy(stage, service, images.good);
    await resultOf(stage, id);
    await stage.temporal.client.workflow.getHandle(drainIdOf(id)).result();
    return [
      { shape: 'deployment-succeeded', workflowId: id },
      { shape: 'drain-finished', workflowId: drainIdOf(id) },
      { shape: 'service', workflowId: serviceWorkflowId(serviceKey(service)) },
    ];
  },
  bad: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name), images.bad);
    await resultOf(stage, id);
    return [{ shape: 'deployment-rolled-back', workflowId: id }];
  },
  paused: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name), images.good);
    await untilProgress(stage, id, 'the first step', ({ split }) => split?.newPercent === 20);
    await steer(stage, id, 'pause');
    await untilProgress(stage, id, 'the pause', ({ pause }) => pause !== null);
    await steer(stage, id, 'resume');
    await resultOf(stage, id);
    return [{ shape: 'deployment-paused', workflowId: id }];
  },
  aborted: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name), images.good);
    await untilProgress(stage, id, 'the first step', ({ split }) => split?.newPercent === 20);
    await steer(stage, id, 'abort');
    await resultOf(stage, id);
    return [{ shape: 'deployment-aborted', workflowId: id }];
  },
  gated: async (stage, name) => {
    const limits = { limits: { gate: '2s' } };
    const id = await deploy(stage, serviceFile(name, { shift: { gates: [20] }, ...limits }), images.good);
    await resultOf(stage, id);
    return [{ shape: 'deployment-gate-expired', workflowId: id }];
  },
  attended: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name, { ...long, limits: { hold: '3s' } }), images.good);
    await untilProgress(stage, id, 'the first step', ({ split }) => split?.newPercent === 20);
    const old = `${name}-v1`;
    await stage.sandbox.admin.failLaunches({ groupName: old, statusMessage: 'no capacity', times: 1000 });
    const [instanceId = ''] = await instancesOf(stage, old);
    await stage.sandbox.admin.crashInstance(instanceId);
    await resultOf(stage, id);
    return [{ shape: 'deployment-needs-attention', workflowId: id }];
  },
  refused: async (stage, name) => {
    const id = await deploy(stage, serviceFile(name), 'ami-unknown');
    await resultOf(stage, id);
    return [{ shape: 'deployment-refused', workflowId: id }];
  },
  queued: async (stage, name) => {
    const service = serviceFile(name, { whenBusy: 'queue' });
    const first = await deploy(stage, service, images.good);
    await steer(stage, first, 'pause');
    const second = await deploy(stage, service, images.good);
    const third = await deploy(stage, serviceFile(name, { whenBusy: 'supersede' }), 'ami-unknown');
    await resultOf(stage, third);
    return [
      { shape: 'deployment-superseded', workflowId: second },
      { shape: 'deployment-queued', workflowId: third },
      { shape: 'service-queue', workflowId: serviceWorkflowId(serviceKey(service)) },
    ];
  },
};

async function steer(stage: Stage, id: string, verb: keyof typeof controlSignals): Promise<void> {
  await stage.temporal.client.workflow.getHandle(id).signal(controlSignals[verb], { by: 'ada', reason: 'recording' });
}
