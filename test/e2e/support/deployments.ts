/** Asking for deployments and looking at them, as CLI and gateway do. */
import { randomUUID } from 'node:crypto';
import { awaitResult } from '../../../clients/temporal/await-result';
import { readDeployment } from '../../../clients/temporal/read-deployment';
import { submitDeployment, type SubmitOutcome } from '../../../clients/temporal/submit-deployment';
import type { DeploymentProgress, DeploymentResult } from '../../../domain/deployment';
import { parseServiceFile, type ServiceConfig } from '../../../domain/service-file';
import { waitUntil } from '../../support/wait-until';
import { region, type Stage } from './stage';

/** The content of a service file with waits of seconds; `change` is laid over it, section by section. */
export function fileSections(
  name: string,
  change: Record<string, object | string> = {},
): Record<string, object | string> {
  const sections: Record<string, object | string> = {
    service: name,
    environment: 'test',
    region,
    source: { tag: { service: name } },
    shift: { steps: [20, 100], stepTime: '2s', settle: '1s', holdback: '10%' },
    judge: { period: '1s', lag: '2s', minimumRequests: 10 },
    ready: { reads: 2 },
    limits: { ready: '60s' },
    bake: '3s',
    keep: '1s',
    pollEvery: '300ms',
  };
  for (const [key, value] of Object.entries(change)) {
    const known = sections[key];
    const isSection = key !== 'source' && typeof known === 'object' && typeof value === 'object';
    sections[key] = isSection ? { ...known, ...value } : value;
  }
  return sections;
}

export function serviceFile(name: string, change: Record<string, object | string> = {}): ServiceConfig {
  const answer = parseServiceFile(fileSections(name, change));
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.problems));
  return answer.service;
}

export async function submit(
  stage: Stage,
  service: ServiceConfig,
  imageId: string,
  key: string = randomUUID(),
  { hotfix = false }: { hotfix?: boolean } = {},
): Promise<SubmitOutcome> {
  return submitDeployment({
    temporal: stage.temporal,
    submit: {
      service,
      revision: { imageId },
      idempotencyKey: key,
      requestedBy: 'test',
      reason: 'e2e',
      commit: '',
      hotfix,
    },
  });
}

/** Submits and answers the deployment's id; fails the test when it is not admitted. */
export async function deploy(stage: Stage, service: ServiceConfig, imageId: string): Promise<string> {
  const answer = await submit(stage, service, imageId);
  if (answer.kind !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(answer)}`);
  return answer.deploymentId;
}

export async function resultOf(stage: Stage, deploymentId: string): Promise<DeploymentResult> {
  const answer = await awaitResult({ temporal: stage.temporal, deploymentId });
  if (answer.kind !== 'ended') throw new Error(`no result: ${JSON.stringify(answer)}`);
  return answer.result;
}

export async function progressOf(stage: Stage, deploymentId: string): Promise<DeploymentProgress> {
  const answer = await readDeployment({ temporal: stage.temporal, deploymentId });
  if (answer.kind !== 'found') throw new Error(`${deploymentId} is not known`);
  return answer.progress;
}

export async function untilProgress(
  stage: Stage,
  deploymentId: string,
  what: string,
  reached: (progress: DeploymentProgress) => boolean,
): Promise<DeploymentProgress> {
  return waitUntil(what, () => progressOf(stage, deploymentId), { until: reached, deadlineMs: 60_000 });
}

/** Waits until new has been read back with this share of the traffic. */
export function untilShare(stage: Stage, deploymentId: string, newPercent: number): Promise<DeploymentProgress> {
  const reached = ({ split }: DeploymentProgress) => split?.newPercent === newPercent;
  return untilProgress(stage, deploymentId, `${newPercent} % on new`, reached);
}
