/** Old is unhealthy and stayed so: going back would put the traffic on it, so a person decides, and nothing is changed. */
import type { DeploymentResult } from '../../domain/deployment';
import type { Cause, DeploymentRun } from '../run';
import { leftovers } from './roll-back';

export function leaveAsIs(run: DeploymentRun, { reason }: Cause): DeploymentResult {
  const { old, names } = run.plan;
  const newPercent = run.progress.split?.newPercent ?? 0;
  const stands = `${newPercent} % of the traffic is on ${names.group} and ${100 - newPercent} % on ${old.groupName}`;
  return run.finish('needs-attention', reason, {
    repairs: [
      `${stands}: mend the servers of ${old.groupName} and give it all traffic again (--back), or give everything to ` +
        `${names.group} (--finish; promote passes the hold that comes while ${old.groupName} is unhealthy)`,
      ...leftovers(run),
    ],
  });
}
