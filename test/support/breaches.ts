/** What must hold of everything that was done to the cloud for one service, whatever died, froze or was lost meanwhile. */
import type { LedgerEntry } from '../../sandbox/control/types';

/**
 * Breaches in words; empty when all is well.
 * @param ledger applied mutations of one service
 * @param madeBefore names of target groups that deployments had made before the ledger begins
 */
export function breachesIn(ledger: readonly LedgerEntry[], madeBefore: readonly string[] = []): string[] {
  const seen = new Seen(madeBefore);
  const breaches = ledger.flatMap((entry) => {
    const isOurs = entry.caller !== 'outsider';
    const found = isOurs ? [...rulesFor(entry, seen), ...forced(entry), ...changedRevision(entry)] : [];
    seen.take(entry);
    return found.map((text) => `#${entry.seq} ${entry.operation} ${text}`);
  });
  return [...breaches, ...seen.doubles()];
}

interface Inputs {
  Actions?: ActionInput[];
  DefaultActions?: ActionInput[];
  RuleArn?: string;
  ListenerArn?: string;
  AutoScalingGroupName?: string;
  DesiredCapacity?: number;
  MaxSize?: number;
  ForceDelete?: boolean;
  LaunchTemplate?: object;
  TargetGroupARNs?: string[];
  TargetGroupArn?: string;
  Name?: string;
  LaunchTemplateName?: string;
  Tags?: { Key: string; Value: string }[];
  TagSpecifications?: { Tags?: { Key: string; Value: string }[] }[];
}

interface ActionInput {
  ForwardConfig?: { TargetGroups?: { TargetGroupArn: string; Weight: number }[] };
}

/** Weights by target group. */
type Weights = Map<string, number>;

/** What the entries so far say about how things stand. */
class Seen {
  private readonly routes = new Map<string, Weights>();
  private readonly targetGroupsOf = new Map<string, string[]>();
  /** Names that were created, per kind and deployment. */
  private readonly created = new Map<string, Set<string>>();
  private readonly creations: Set<string>;
  /** Healthy servers that carried everything when the first weight was written. */
  carriers: number | null = null;

  constructor(madeBefore: readonly string[]) {
    this.creations = new Set(madeBefore.map((name) => `CreateTargetGroup ${name}`));
  }

  take(entry: LedgerEntry): void {
    const input = entry.input as Inputs;
    const weights = weightsIn(input);
    if (weights) {
      const route = routeOf(input);
      this.carriers ??= Math.max(0, ...[...weights].map(([arn]) => entry.healthyTargets[arn] ?? 0));
      this.routes.set(route, weights);
    }
    const name = input.AutoScalingGroupName ?? input.LaunchTemplateName ?? input.Name;
    if (!entry.operation.startsWith('Create') || name === undefined) return;
    this.creations.add(`${entry.operation} ${name}`);
    const key = `${entry.operation} for ${deploymentOf(input) ?? 'nobody'}`;
    this.created.set(key, (this.created.get(key) ?? new Set()).add(name));
    if (input.AutoScalingGroupName !== undefined)
      this.targetGroupsOf.set(input.AutoScalingGroupName, input.TargetGroupARNs ?? []);
  }

  before(route: string): Weights | undefined {
    return this.routes.get(route);
  }

  isCreated(operation: string, name: string): boolean {
    return this.creations.has(`${operation} ${name}`);
  }

  /** Those of a clone are in its creation; all others belong to the group that was there from the beginning. */
  targetGroups(groupName: string): string[] {
    const known = this.targetGroupsOf.get(groupName);
    if (known) return known;
    const ofClones = [...this.targetGroupsOf.values()].flat();
    return [...this.routes.values()].flatMap((weights) => [...weights.keys()]).filter((arn) => !ofClones.includes(arn));
  }

  routesTo(arns: readonly string[], atLeast: number): string[] {
    return [...this.routes]
      .filter(([, weights]) => arns.some((arn) => (weights.get(arn) ?? -1) >= atLeast))
      .map(([route]) => route);
  }

  doubles(): string[] {
    return [...this.created]
      .filter(([key, names]) => !key.startsWith('CreateTargetGroup') && names.size > 1)
      .map(([key, names]) => `${key} made ${[...names].join(' and ')}`);
  }
}

function rulesFor(entry: LedgerEntry, seen: Seen): string[] {
  const input = entry.input as Inputs;
  switch (entry.operation) {
    case 'ModifyRule':
    case 'ModifyListener':
      return raisedOnSick(entry, seen);
    case 'CreateAutoScalingGroup':
      return seen.isCreated(entry.operation, input.AutoScalingGroupName ?? '') ? ['made the same group once more'] : [];
    case 'UpdateAutoScalingGroup':
      return scaledInUnderTraffic(input, seen);
    case 'DeleteTargetGroup':
      return deletedTargetGroup(input, seen);
    default:
      return [];
  }
}

/** Weight is given or raised only where enough servers are healthy at that moment, on the way back as well. */
function raisedOnSick(entry: LedgerEntry, seen: Seen): string[] {
  const input = entry.input as Inputs;
  const weights: Weights = weightsIn(input) ?? new Map<string, number>();
  const before = seen.before(routeOf(input));
  // A route that nobody has written yet gave everything to the group that was there.
  const first = [...weights].find(([, weight]) => weight > 0)?.[0];
  return [...weights].flatMap(([arn, weight]) => {
    const raisedFrom = before ? share(before, arn) : arn === first ? 100 : 0;
    const to = share(weights, arn);
    if (to <= raisedFrom) return [];
    const healthy = entry.healthyTargets[arn] ?? 0;
    const othersServe = [...weights.keys()].some((other) => other !== arn && (entry.healthyTargets[other] ?? 0) > 0);
    const needed = othersServe ? Math.ceil((to * (seen.carriers ?? 0)) / 100) : 1;
    if (healthy >= Math.max(1, needed)) return [];
    return [
      `raised ${arn} from ${raisedFrom} to ${to} % (weight ${weight}) with ${healthy} healthy targets of ${needed}`,
    ];
  });
}

/** No fleet is scaled in to nothing while a route gives it weight. */
function scaledInUnderTraffic(input: Inputs, seen: Seen): string[] {
  if (input.DesiredCapacity !== 0 && input.MaxSize !== 0) return [];
  const name = input.AutoScalingGroupName ?? '';
  const routes = seen.routesTo(seen.targetGroups(name), 1);
  return routes.length === 0 ? [] : [`scaled ${name} in to nothing while ${routes.join(', ')} gave it weight`];
}

function deletedTargetGroup({ TargetGroupArn: arn = '' }: Inputs, seen: Seen): string[] {
  const name = arn.split('/')[1] ?? '';
  const routes = seen.routesTo([arn], 0);
  return [
    ...(seen.isCreated('CreateTargetGroup', name) ? [] : [`removed ${name}, which no deployment had made`]),
    ...(routes.length === 0 ? [] : [`removed ${name} while ${routes.join(', ')} referred to it`]),
  ];
}

function forced(entry: LedgerEntry): string[] {
  return (entry.input as Inputs).ForceDelete === true ? ['was forced'] : [];
}

/** A group never changes what it launches: old would launch new code. */
function changedRevision(entry: LedgerEntry): string[] {
  const changesGroup =
    entry.operation === 'UpdateAutoScalingGroup' && (entry.input as Inputs).LaunchTemplate !== undefined;
  const changesTemplate = ['CreateLaunchTemplateVersion', 'ModifyLaunchTemplate'].includes(entry.operation);
  return changesGroup || changesTemplate ? ['changed what a group launches that exists already'] : [];
}

function weightsIn(input: Inputs): Weights | null {
  const actions = input.Actions ?? input.DefaultActions;
  if (!actions) return null;
  const forwards = actions.flatMap((action) => action.ForwardConfig?.TargetGroups ?? []);
  return new Map(forwards.map((one) => [one.TargetGroupArn, one.Weight]));
}

function share(weights: Weights, arn: string): number {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 0 : (100 * (weights.get(arn) ?? 0)) / total;
}

function routeOf(input: Inputs): string {
  return input.RuleArn ?? input.ListenerArn ?? 'an unknown route';
}

function deploymentOf(input: Inputs): string | undefined {
  const tags = [...(input.Tags ?? []), ...(input.TagSpecifications ?? []).flatMap((one) => one.Tags ?? [])];
  return tags.find((tag) => tag.Key === 'fleetshift:deployment')?.Value;
}
