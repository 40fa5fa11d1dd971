/** What does not stop a deployment but should be known before it starts. */
import { managingTool } from './names';
import type { PlanFacts } from './plan-facts';

export function planWarnings(facts: PlanFacts): string[] {
  return [...ownershipWarnings(facts), ...measuringWarnings(facts), ...healthWarnings(facts), ...notifyWarnings(facts)];
}

/** What each kind of thing gets changed, as Terraform's `ignore_changes` names it. */
const changedAttributes = {
  rule: { resource: 'aws_lb_listener_rule', attributes: 'action' },
  listener: { resource: 'aws_lb_listener', attributes: 'default_action' },
  group: { resource: 'aws_autoscaling_group', attributes: 'min_size, max_size, desired_capacity' },
} as const;

function ownershipWarnings({ group, routes }: PlanFacts): string[] {
  const changed = [
    { kind: 'group' as const, name: group.AutoScalingGroupName ?? '', tags: group.tags },
    ...routes.map((route) => ({ kind: route.kind, name: route.arn, tags: route.tags })),
  ];
  return changed.flatMap(({ kind, name, tags }) => {
    const tool = managingTool(tags);
    if (tool === null) return [];
    const { resource, attributes } = changedAttributes[kind];
    return [
      tool === 'terraform'
        ? `${kind} ${name} is tagged as managed by Terraform and will change: its next apply would undo this; ` +
          `add to ${resource}: lifecycle { ignore_changes = [${attributes}] }`
        : `${kind} ${name} belongs to a CloudFormation stack and will change (${attributes}): the stack shows drift, ` +
          `and an update of the stack that touches it would undo this`,
    ];
  });
}

function measuringWarnings({ service, oldRequestsPerPeriod }: PlanFacts): string[] {
  const { periodSeconds, minimumRequests } = service.judge;
  const warnings: string[] = [];
  if (periodSeconds < 60) {
    warnings.push(`judge.period is ${periodSeconds} s, but load balancers publish their metrics every 60 s on AWS`);
  }
  const firstPercent = service.shift.stepPercents[0] ?? 100;
  const perStep = (oldRequestsPerPeriod * service.shift.stepSeconds * firstPercent) / (periodSeconds * 100);
  if (perStep < minimumRequests) {
    warnings.push(
      `at the live rate the first step (${firstPercent} %) brings about ${Math.floor(perStep)} requests to the new fleet, ` +
        `fewer than judge.minimumRequests (${minimumRequests}); then shift.lowTraffic (${service.shift.lowTraffic}) decides`,
    );
  }
  return warnings;
}

function healthWarnings({ group, targetGroups, imageId, oldImage }: PlanFacts): string[] {
  const sick = targetGroups
    .filter((one) => one.healthy < group.desiredCapacity)
    .map(
      (one) =>
        `only ${one.healthy} of ${group.desiredCapacity} servers are healthy in target group ${one.name} of the old fleet`,
    );
  const counts = targetGroups.flatMap((one) =>
    Object.entries(one.attributes)
      .filter(([key, value]) => key.endsWith('minimum_healthy_targets.count') && Number(value) > 1)
      .map(
        ([key, value]) =>
          `target group ${one.name} has ${key} = ${value}: below it the balancer acts for all of its target groups`,
      ),
  );
  const same = oldImage?.imageId === imageId ? [`the running servers already have image ${imageId}`] : [];
  return [...sick, ...counts, ...same];
}

function notifyWarnings({ service, canNotify }: PlanFacts): string[] {
  if (service.notifyWebhook === undefined || canNotify) return [];
  return [
    `nobody will be told at ${service.notifyWebhook}: the worker that planned this has no FLEETSHIFT_NOTIFY_SECRET to sign with`,
  ];
}
