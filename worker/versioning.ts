/** Worker Versioning: which release this worker is, and whether new deployments go to it. */
import type { NativeConnection, WorkerDeploymentOptions } from '@temporalio/worker';
import type { WorkerSettings } from './config';

/** Nothing without a build id: then every worker may take every workflow. */
export function versioningOf({ buildId, workerDeployment }: WorkerSettings): {
  workerDeploymentOptions?: WorkerDeploymentOptions;
} {
  if (buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { buildId, deploymentName: workerDeployment },
      useWorkerVersioning: true,
      // Only for a workflow that workflows/index.ts forgot.
      defaultVersioningBehavior: 'PINNED',
    },
  };
}

/**
 * What an operator has to do before new deployments come to this worker; null when they do already. The version is known
 * to the server only once the worker polls.
 */
export async function currentVersionAdvice(input: {
  connection: NativeConnection;
  namespace: string;
  settings: WorkerSettings;
}): Promise<string | null> {
  const { connection, namespace, settings } = input;
  const { buildId, workerDeployment } = settings;
  if (buildId === undefined) return null;
  const { workerDeploymentInfo } = await connection.workflowService.describeWorkerDeployment({
    namespace,
    deploymentName: workerDeployment,
  });
  const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
  if (current === buildId) return null;
  const command =
    `temporal worker deployment set-current-version --namespace ${namespace} ` +
    `--deployment-name ${workerDeployment} --build-id ${buildId}`;
  const now = current ? `new deployments still go to build ${current}` : 'no build takes new deployments yet';
  return `${now}; when this one should, run: ${command}`;
}
