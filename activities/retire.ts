/** Removing what nobody uses any more. Nothing goes but what is tagged ours, unreferenced and empty; never with force. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { assertOurs, fleetArns, groupNameOf, weightedRoutes, type Fleet } from './group';
import { pause, writer } from './roles';
import { onceVisible } from './visibility';
import { deleteTargetGroup, elbTags } from '../clients/aws/balancers';
import { AwsCallError } from '../clients/aws/errors';
import { deleteGroup, describeGroup, type AutoScalingGroup } from '../clients/aws/groups';
import { deleteTemplate, findTemplate } from '../clients/aws/templates';
import type { AwsSession } from '../clients/aws/sessions';
import { deploymentTag } from '../domain/names';
import type { Plan } from '../domain/plan';

export type RetireAnswer =
  | { ending: 'deleted' | 'scaled-to-zero' }
  /** Somebody has put it into a route again: it has to leave once more before the rest of it is removed. */
  | { ending: 'still-routed'; detail: string };

const deletionReads = 10;
const deletionPauseSeconds = 0.5;

export function createRetireActivities(deps: ActivityDeps) {
  return {
    /** Removes an emptied fleet: the group by policy or when ours, its target groups and template when ours. */
    retireFleet: writer(async ({ service, plan, fleet }: OnPlan & { fleet: Fleet }): Promise<RetireAnswer> => {
      const aws = sessionOf(deps, service);
      const weighted = await weightedRoutes(aws, plan, fleet);
      if (weighted.length > 0)
        return {
          ending: 'still-routed',
          detail: `${groupNameOf(plan, fleet)} gets traffic again by ${weighted.join(', ')}`,
        };
      const group = await describeGroup(aws, groupNameOf(plan, fleet));
      const removable = !group || isOurs(group) || (fleet === 'old' && service.oldGroup === 'delete');
      if (group && removable) await removeGroup(aws, plan, fleet, group);
      const inUse = await removeTargetGroups(aws, plan, fleet);
      if (inUse !== null) return { ending: 'still-routed', detail: inUse };
      if (removable) await removeTemplate(aws, plan, fleet);
      return { ending: removable ? 'deleted' : 'scaled-to-zero' };
    }),
  };
}

function isOurs(group: AutoScalingGroup): boolean {
  return group.Tags?.some((tag) => tag.Key === deploymentTag) ?? false;
}

async function removeGroup(aws: AwsSession, plan: Plan, fleet: Fleet, group: AutoScalingGroup): Promise<void> {
  const name = group.AutoScalingGroupName ?? '';
  if (fleet === 'new') assertOurs(group, plan);
  const servers = group.Instances?.length ?? 0;
  if (servers > 0) throw ApplicationFailure.retryable(`group ${name} still has ${servers} servers`, 'in-use');
  if (!group.Status) await deleteGroup(aws, name);
  for (let read = 0; read < deletionReads; read++) {
    if (!(await describeGroup(aws, name))) return;
    await pause(deletionPauseSeconds);
  }
  throw ApplicationFailure.retryable(`group ${name} is being deleted and still there`, 'in-use');
}

/** Answers what still needs one of them; AWS never deletes a target group that a route names. */
async function removeTargetGroups(aws: AwsSession, plan: Plan, fleet: Fleet): Promise<string | null> {
  for (const arn of await fleetArns(aws, plan, fleet)) {
    const owner = await onceVisible(
      `target group ${arn}`,
      async () => (await elbTags(aws, [arn])).get(arn)?.[deploymentTag],
    );
    if (owner === undefined || (fleet === 'new' && owner !== plan.uuid)) continue;
    try {
      await deleteTargetGroup(aws, arn);
    } catch (error) {
      if (error instanceof AwsCallError && error.kind === 'in-use') return error.message;
      throw error;
    }
  }
  return null;
}

async function removeTemplate(aws: AwsSession, plan: Plan, fleet: Fleet): Promise<void> {
  const template = await findTemplate(aws, templateOf(plan, fleet));
  const owner = template?.Tags?.find((tag) => tag.Key === deploymentTag)?.Value;
  if (template && owner !== undefined && (fleet === 'old' || owner === plan.uuid)) {
    await deleteTemplate(aws, template.LaunchTemplateId ?? '');
  }
}

/** Old's id is '' where the plan was made again after its group had gone; what we made is named like its group. */
function templateOf({ names, old }: Plan, fleet: Fleet): Parameters<typeof findTemplate>[1] {
  if (fleet === 'new') return { name: names.template };
  return old.templateId === '' ? { name: old.groupName } : { id: old.templateId };
}
