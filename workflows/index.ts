/**
 * Every workflow, and which release goes on with one that is running when workers of a release carry a build id: a
 * deployment ends on the code it began with; those that live for long move to the newest release, so their code
 * changes only behind `patched`.
 */
import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { VersioningBehavior, WorkflowDefinitionOptions } from '@temporalio/common';
import { deployment } from './deployment';
import { drain } from './drain';
import { lease } from './lease';
import { notification } from './notification';
import { recovery } from './recovery';
import { service } from './service';

setWorkflowOptions(() => versioned('PINNED'), deployment);
setWorkflowOptions(() => versioned('AUTO_UPGRADE'), service);
setWorkflowOptions(() => versioned('AUTO_UPGRADE'), drain);
setWorkflowOptions(() => versioned('AUTO_UPGRADE'), lease);
setWorkflowOptions(() => versioned('AUTO_UPGRADE'), notification);
setWorkflowOptions(() => versioned('AUTO_UPGRADE'), recovery);

export { deployment, drain, lease, notification, recovery, service };

/** The server refuses a behaviour from a worker without a build id; such a worker's version has no deployment's name. */
function versioned(versioningBehavior: VersioningBehavior): WorkflowDefinitionOptions {
  const name = workflowInfo().currentDeploymentVersion?.deploymentName ?? '';
  return name === '' ? {} : { versioningBehavior };
}
