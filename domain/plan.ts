/** The plan: everything a deployment will touch, decided from facts before the first write. Pure. */
import { uncopied } from './clone';
import { deploymentIdOf, drainIdOf } from './deployment';
import { createdNames, deploymentTag, serviceTag, type CreatedNames } from './names';
import type { PlanFacts, RouteFacts, TargetGroupFacts } from './plan-facts';
import { forwardsOf, isSticky, targetGroupsPerForward } from './routes';
import { serviceKey } from './service-file';
import { holdbackPercentFor, planSteps } from './steps';
import { planWarnings } from './plan-warnings';
import type { RecoveredStand } from './recovered-plan';

/** A target group of old, and the one that takes its place. */
export interface TargetGroupPair {
  oldArn: string;
  oldDimension: string;
  /** Healthy servers of old when it was planned; not known of a recovered one. */
  oldHealthy?: number;
  newName: string;
}

export interface PlannedRoute {
  kind: 'rule' | 'listener';
  arn: string;
  loadBalancer: string;
  /** Place in `pairs`. */
  pair: number;
}

/** Plain JSON; goes into the workflow's history before the first write, as the snapshot of what will change. */
export interface Plan {
  uuid: string;
  serviceKey: string;
  number: number;
  /** The new version. */
  imageId: string;
  old: {
    groupName: string;
    groupArn: string;
    minSize: number;
    maxSize: number;
    desiredCapacity: number;
    /** Healthy servers when the deployment began: what was enough then is enough to take the traffic back. */
    healthyServers: number;
    templateId: string;
    /** The version that runs now: what a later rollback deploys. */
    imageId: string;
    /** Drain of the deployment that made old, which perhaps still keeps the fleet before it; null when nothing of ours did. */
    drainId: string | null;
  };
  /** The source's template, pinned to one version. */
  template: { id: string; version: string };
  names: CreatedNames;
  pairs: TargetGroupPair[];
  routes: PlannedRoute[];
  /** Shares of new that will be written, the last one 100 less the holdback. */
  stepPercents: number[];
  holdbackPercent: number;
  /** 5xx made by the balancers themselves before the shift, as a share of the requests. */
  balancerErrorRate: number;
  warnings: string[];
  /** Set when the plan was made again, after Temporal had lost the deployment. */
  recovered?: RecoveredStand;
}

export type PlanAnswer =
  | { kind: 'planned'; plan: Plan }
  /** `makesRoom`: nothing is wrong but that routes are full, and earlier generations that drain leave them. */
  | { kind: 'refused'; problems: string[]; makesRoom?: true };

export function makePlan(facts: PlanFacts): PlanAnswer {
  const problems = [
    ...groupProblems(facts),
    ...undoneProblems(facts),
    ...templateProblems(facts),
    ...imageProblems(facts),
    ...facts.targetGroups.flatMap((group) => targetGroupProblems(group, facts.routes)),
    ...facts.routes.flatMap((route) => routeProblems(route, facts.targetGroups)),
  ];
  const full = facts.routes.flatMap(fullRouteProblems);
  if (problems.length === 0 && full.length > 0) return { kind: 'refused', problems: full, makesRoom: true };
  const version = facts.template?.versions[0];
  if (problems.length > 0 || !facts.template || version === undefined)
    return { kind: 'refused', problems: [...problems, ...full] };
  const { service } = facts;
  const holdbackPercent =
    service.shift.holdbackPercent === 'auto'
      ? holdbackPercentFor({ oldRequestsPerPeriod: facts.oldRequestsPerPeriod })
      : service.shift.holdbackPercent;
  const names = createdNames({
    service: service.service,
    number: facts.number,
    uuid: facts.uuid,
    targetGroupCount: facts.targetGroups.length,
  });
  return {
    kind: 'planned',
    plan: {
      uuid: facts.uuid,
      serviceKey: serviceKey(service),
      number: facts.number,
      imageId: facts.imageId,
      old: {
        groupName: facts.group.AutoScalingGroupName ?? '',
        groupArn: facts.group.arn,
        minSize: facts.group.minSize,
        maxSize: facts.group.maxSize,
        desiredCapacity: facts.group.desiredCapacity,
        healthyServers: Math.min(...facts.targetGroups.map((group) => group.healthy)),
        templateId: facts.template.id,
        imageId: facts.template.imageId,
        drainId: drainOfMaker(facts.group.tags),
      },
      template: { id: facts.template.id, version },
      names,
      pairs: facts.targetGroups.map((group, index) => ({
        oldArn: group.arn,
        oldDimension: group.dimension,
        oldHealthy: group.healthy,
        newName: names.targetGroups[index] ?? '',
      })),
      routes: facts.routes.map((route) => ({
        kind: route.kind,
        arn: route.arn,
        loadBalancer: route.loadBalancer,
        pair: pairOf(route, facts.targetGroups),
      })),
      stepPercents: planSteps({ stepPercents: service.shift.stepPercents, holdbackPercent }),
      holdbackPercent,
      balancerErrorRate: facts.balancerErrorRate,
      warnings: planWarnings(facts),
    },
  };
}

/** The drain of the deployment that made a group, if one of ours did. */
export function drainOfMaker(tags: Record<string, string>): string | null {
  const { [deploymentTag]: uuid, [serviceTag]: key } = tags;
  return uuid === undefined || key === undefined ? null : drainIdOf(deploymentIdOf(key, uuid));
}

function groupProblems({ group, sub, targetGroups }: PlanFacts): string[] {
  const name = group.AutoScalingGroupName;
  const problems: string[] = [];
  if (group.Status) problems.push(`group ${name} is being deleted (${group.Status})`);
  if (sub.runningInstanceRefresh)
    problems.push(`group ${name} has an instance refresh running; wait for it or cancel it`);
  if (group.desiredCapacity < 1)
    problems.push(`group ${name} has no servers (desired capacity 0), so there is nothing to clone`);
  if (targetGroups.length === 0) problems.push(`group ${name} is in no target group of a load balancer`);
  const lost = uncopied(group, sub);
  if (lost.length > 0) {
    problems.push(
      `group ${name} has settings that a clone would lose: ${lost.join('; ')}; remove them or deploy this group another way`,
    );
  }
  return problems;
}

/** A rollback takes the place of what it undoes, never of what somebody has brought since. */
function undoneProblems({ group, undoes }: PlanFacts): string[] {
  if (undoes === undefined || drainOfMaker(group.tags) === drainIdOf(undoes)) return [];
  return [
    `group ${group.AutoScalingGroupName} has the traffic now, which ${undoes} did not make, so nothing of that is left to roll back; ` +
      'roll back what runs now, or deploy the version that is wanted',
  ];
}

function templateProblems({ group, template }: PlanFacts): string[] {
  const name = group.AutoScalingGroupName;
  if (!template) return [`the launch template of group ${name} cannot be read`];
  if (template.versions.length === 0) return [`group ${name} has no server in service that tells its template version`];
  if (template.versions.length > 1) {
    return [
      `the servers of group ${name} run different template versions (${template.versions.join(', ')}), so it is not clear which one to clone; finish that change first`,
    ];
  }
  if (template.pinnedSnapshots.length > 0) {
    return [
      `the launch template of group ${name} pins snapshots for ${template.pinnedSnapshots.join(', ')}: new servers would start with the old disk content`,
    ];
  }
  return [];
}

function imageProblems({ imageId, newImage, oldImage }: PlanFacts): string[] {
  if (!newImage) return [`image ${imageId} does not exist in this region, or this account may not use it`];
  if (newImage.state !== 'available') return [`image ${imageId} is ${newImage.state}, not available`];
  if (oldImage && oldImage.architecture !== newImage.architecture) {
    return [`image ${imageId} is built for ${newImage.architecture}, the running servers are ${oldImage.architecture}`];
  }
  return [];
}

function targetGroupProblems(group: TargetGroupFacts, routes: readonly RouteFacts[]): string[] {
  const problems: string[] = [];
  if (group.targetType !== 'instance')
    problems.push(`target group ${group.name} has targets of type ${group.targetType}; only instance is supported`);
  if (group.protocol !== 'HTTP' && group.protocol !== 'HTTPS')
    problems.push(`target group ${group.name} speaks ${group.protocol}; only HTTP and HTTPS are supported`);
  if (group.attributes['stickiness.enabled'] === 'true') {
    problems.push(
      `target group ${group.name} has sticky sessions: weights would not move the clients that hold a cookie`,
    );
  }
  if (group.foreignTargets.length > 0) {
    problems.push(
      `target group ${group.name} also has targets that are not of the source group (${group.foreignTargets.join(', ')}): a clone of one group could not carry the traffic of both`,
    );
  }
  if (!routes.some((route) => forwardsOf(route.actions).some((one) => one.arn === group.arn))) {
    problems.push(`target group ${group.name} is in no listener rule, so its servers cannot be checked or shifted`);
  }
  return problems;
}

function routeProblems(route: RouteFacts, targetGroups: readonly TargetGroupFacts[]): string[] {
  const forwards = forwardsOf(route.actions);
  const own = forwards.filter((one) => targetGroups.some((group) => group.arn === one.arn));
  const foreign = forwards.filter((one) => one.weight > 0 && !own.includes(one));
  const problems: string[] = [];
  if (own.length > 1) problems.push(`route ${route.arn} forwards to several target groups of the same group`);
  if (own[0]?.weight === 0)
    problems.push(`route ${route.arn} refers to a target group of the live group with weight 0`);
  if (foreign.length > 0) {
    problems.push(
      `route ${route.arn} also sends traffic to ${foreign.map((one) => `${one.arn} (weight ${one.weight})`).join(', ')}`,
    );
  }
  if (isSticky(route.actions)) {
    problems.push(
      `route ${route.arn} has target group stickiness: weights would not move the clients that hold a cookie`,
    );
  }
  return problems;
}

function fullRouteProblems({ arn, actions }: RouteFacts): string[] {
  const { length } = forwardsOf(actions);
  if (length < targetGroupsPerForward) return [];
  return [
    `route ${arn} already holds ${length} target groups, the most that AWS allows; wait until earlier generations are retired`,
  ];
}

function pairOf(route: RouteFacts, targetGroups: readonly TargetGroupFacts[]): number {
  const forwards = forwardsOf(route.actions);
  return targetGroups.findIndex((group) => forwards.some((one) => one.arn === group.arn));
}
