/** The plan of a deployment that Temporal knows no more, made again from what it left in AWS. Pure. */
import { createdNames, type CreatedNames, type ReplacedSize } from './names';
import { drainOfMaker, type Plan, type PlanAnswer, type TargetGroupPair } from './plan';
import type { PlanFacts, RouteFacts } from './plan-facts';
import { boundsOf, isOldRouted, sharesOf, standOf, type Traces } from './recovery';
import type { RecoveryWay } from './recovery-order';
import { references } from './routes';
import { serviceKey, type ServiceConfig } from './service-file';
import { holdbackPercentFor, planSteps } from './steps';

/** Where a recovered deployment begins. */
export interface RecoveredStand {
  /** Lowest and highest share of new in any route, in percent. */
  lowestPercent: number;
  highestPercent: number;
  /** Old's minimum as it is found, with the freeze on it if there was one. */
  oldMinSize: number;
  /** What new was last raised to. */
  newMinSize: number;
  /** Whether old still is in the routes, and so can be gone back to. */
  isOldRouted: boolean;
}

export interface RecoveryFacts {
  service: ServiceConfig;
  way: RecoveryWay;
  traces: Traces;
  /** Old's template as its servers in service run it. */
  template: PlanFacts['template'];
  /** Healthy servers of old, in the target group that has the fewest. */
  oldHealthy: number;
  oldRequestsPerPeriod: number;
  balancerErrorRate: number;
}

export function recoveredPlan(facts: RecoveryFacts): PlanAnswer {
  const { service, way, traces } = facts;
  const stand = standOf(traces, service.oldGroup);
  if (stand.kind === 'at-work') return refused(`${stand.by} works on it: ask that one`);
  if (stand.kind === 'finished') return refused('nothing of it is half-done any more');
  const offer = stand.ways[way];
  if (offer.kind === 'refused') return refused(offer.text);
  if (way === 'finish' && !traces.clone && !facts.template?.versions[0])
    return refused(`no server in service of ${stand.oldGroup} tells which launch template to copy`);
  const names = namesOf(traces, service);
  const pairs = pairsOf(traces, names);
  if (traces.maker.serviceKey !== serviceKey(service) || isNamedOtherwise(traces, names, pairs))
    return refused('its names do not follow from this service file: use the file with which it was begun');
  return { kind: 'planned', plan: planOf(facts, names, pairs) };
}

function refused(problem: string): PlanAnswer {
  return { kind: 'refused', problems: [problem] };
}

function planOf(facts: RecoveryFacts, names: CreatedNames, pairs: TargetGroupPair[]): Plan {
  const { service, traces, template } = facts;
  const { maker, old, oldName } = traces;
  const holdbackPercent =
    service.shift.holdbackPercent === 'auto' ? holdbackPercentFor(facts) : service.shift.holdbackPercent;
  return {
    ...maker,
    old: {
      groupName: oldName,
      groupArn: old?.arn ?? '',
      ...sizeOf(facts),
      templateId: template?.id ?? '',
      imageId: template?.imageId ?? '',
      drainId: old ? drainOfMaker(old.tags) : null,
    },
    template: { id: template?.id ?? '', version: template?.versions[0] ?? '' },
    names,
    pairs,
    routes: traces.routes.map((route) => ({
      kind: route.kind,
      arn: route.arn,
      loadBalancer: route.loadBalancer,
      pair: pairOf(route, pairs, traces),
    })),
    stepPercents: planSteps({ stepPercents: service.shift.stepPercents, holdbackPercent }),
    holdbackPercent,
    balancerErrorRate: facts.balancerErrorRate,
    warnings: ['recovered: the plan was made again from what was found in AWS'],
    recovered: recoveredStand(traces),
  };
}

function recoveredStand(traces: Traces): RecoveredStand {
  const [lowestPercent, highestPercent] = boundsOf(sharesOf(traces));
  return {
    lowestPercent,
    highestPercent,
    oldMinSize: traces.old?.minSize ?? 0,
    newMinSize: traces.clone?.minSize ?? 0,
    isOldRouted: isOldRouted(traces),
  };
}

/** Without a clone nothing was changed on old yet. */
function sizeOf({ traces: { replacedSize, old }, oldHealthy }: RecoveryFacts): ReplacedSize {
  if (replacedSize) return replacedSize;
  const { minSize = 0, maxSize = 0, desiredCapacity = 0 } = old ?? {};
  return { minSize, maxSize, desiredCapacity, healthyServers: oldHealthy };
}

function namesOf({ maker, pairs, old }: Traces, { service }: ServiceConfig): CreatedNames {
  const targetGroupCount = Math.max(pairs.length, old?.targetGroupArns.length ?? 0);
  return createdNames({ service, number: maker.number, uuid: maker.uuid, targetGroupCount });
}

/** Those that were made keep their names; what is left of old's target groups gets the names that are left. */
function pairsOf({ pairs, old }: Traces, names: CreatedNames): TargetGroupPair[] {
  const made = pairs.map(({ oldArn, newName }) => ({ oldArn, oldDimension: dimensionOf(oldArn), newName }));
  const free = names.targetGroups.filter((name) => !pairs.some(({ newName }) => newName === name));
  const missing = (old?.targetGroupArns ?? []).filter((arn) => !pairs.some(({ oldArn }) => oldArn === arn));
  const others = missing.flatMap((oldArn, index) => {
    const newName = free[index];
    return newName === undefined ? [] : [{ oldArn, oldDimension: dimensionOf(oldArn), newName }];
  });
  return [...made, ...others];
}

function isNamedOtherwise({ clone }: Traces, names: CreatedNames, pairs: TargetGroupPair[]): boolean {
  return (
    (clone !== null && clone.groupName !== names.group) ||
    pairs.some(({ newName }) => !names.targetGroups.includes(newName))
  );
}

function pairOf({ actions }: RouteFacts, planned: TargetGroupPair[], { pairs }: Traces): number {
  return planned.findIndex(({ oldArn }) => {
    const newArn = pairs.find((pair) => pair.oldArn === oldArn)?.newArn ?? '';
    return references(actions, oldArn) || references(actions, newArn);
  });
}

function dimensionOf(targetGroupArn: string): string {
  return targetGroupArn.slice(targetGroupArn.indexOf('targetgroup/'));
}
