/** Finding what half-done deployments have left, by the tags of what they made. Reads only. */
import type { ActivityDeps } from './deps';
import { sessionOf } from './deps';
import type { PlanInput } from './plan';
import { watcher } from './roles';
import { readTemplate } from './running-template';
import { findRoutes, readLiveRates } from './source';
import { dimensionOf } from './target-group';
import { healthyCount } from './traffic';
import { elbTags, listTargetGroups, type TargetGroup } from '../clients/aws/balancers';
import { describeGroup, groupsInTargetGroups, groupsWithTag, type AutoScalingGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { deploymentIdOf, drainIdOf } from '../domain/deployment';
import type { Executions } from '../domain/executions';
import type { leasedArns } from '../domain/leases';
import {
  deploymentTag,
  makerOf,
  replacedSizeOf,
  replacesTag,
  serviceTag,
  targetGroupPrefix,
  type Maker,
} from '../domain/names';
import type { PlanAnswer } from '../domain/plan';
import { recoveredPlan } from '../domain/recovered-plan';
import { standOf, type HalfDone, type RecoveryInput, type TracedGroup, type Traces } from '../domain/recovery';
import type { RecoveryWay } from '../domain/recovery-order';
import { serviceKey, type ServiceConfig } from '../domain/service-file';

export function createRecoveryActivities(deps: ActivityDeps) {
  return {
    /** Deployments of a service that nobody works on and that are not at their end, newest first. */
    findHalfDone: watcher(async ({ service }: RecoveryInput): Promise<{ halfDone: HalfDone[] }> => {
      const traces = await readTraces(sessionOf(deps, service), deps.temporal, { service });
      const stands = traces.map((one) => standOf(one, service.oldGroup));
      const halfDone = stands.flatMap((stand): HalfDone[] => (stand.kind === 'half-done' ? [stand] : []));
      return { halfDone: halfDone.sort((one, other) => other.number - one.number) };
    }),
  };
}

/** The plan of a deployment that has begun already, from what it left. */
export async function planAgain(
  aws: AwsSession,
  temporal: Executions,
  { service, uuid, way }: PlanInput & { way: RecoveryWay },
): Promise<PlanAnswer> {
  const traces = await tracesOf(aws, temporal, { service, uuid });
  if (!traces) return { kind: 'refused', problems: [nothingLeft(uuid)] };
  const { old, routes } = traces;
  const targetGroups = traces.pairs.flatMap(({ oldArn, newArn }) => [oldArn, newArn].map(asTargetGroup));
  const group = old ? await describeGroup(aws, old.groupName) : undefined;
  const oldArns = old?.targetGroupArns ?? [];
  const healthy = await Promise.all(oldArns.map((arn) => healthyCount(aws, arn)));
  return recoveredPlan({
    service,
    way,
    traces,
    template: group ? await readTemplate(aws, group) : null,
    oldHealthy: oldArns.length === 0 ? 0 : Math.min(...healthy),
    ...(await readLiveRates(aws, { routes, targetGroups, service })),
  });
}

/** ARNs of what a recovered deployment writes on; null when nothing of it is left. */
export async function thingsOf(
  aws: AwsSession,
  temporal: Executions,
  { service, uuid }: Pick<PlanInput, 'service' | 'uuid'>,
): Promise<Parameters<typeof leasedArns>[0] | null> {
  const traces = await tracesOf(aws, temporal, { service, uuid });
  return traces ? { old: { groupArn: traces.old?.arn ?? '' }, routes: traces.routes } : null;
}

export function nothingLeft(uuid: string): string {
  return `nothing that deployment ${uuid} made was found by its tags`;
}

function asTargetGroup(arn: string) {
  return { arn, dimension: dimensionOf(arn) };
}

/** For the deployment itself, which runs again and so is at work on it. */
async function tracesOf(
  aws: AwsSession,
  temporal: Executions,
  { service, uuid }: Pick<PlanInput, 'service' | 'uuid'>,
): Promise<Traces | undefined> {
  const itself = deploymentIdOf(serviceKey(service), uuid);
  const traces = await readTraces(aws, temporal, { service, uuid, itself });
  return traces[0];
}

interface TraceRequest {
  service: ServiceConfig;
  /** Only of this one. */
  uuid?: string;
  /** Does not count as somebody who works on it. */
  itself?: string;
}

async function readTraces(aws: AwsSession, temporal: Executions, request: TraceRequest): Promise<Traces[]> {
  const { service, uuid, itself } = request;
  const key = serviceKey(service);
  const [groups, all] = await Promise.all([groupsWithTag(aws, { key: serviceTag, value: key }), listTargetGroups(aws)]);
  const targetGroups = await ownTargetGroups(aws, all, service);
  const existingArns = all.map((one) => one.TargetGroupArn ?? '');
  const makers = new Map<string, Maker>();
  for (const tags of [...groups.map(tagsOf), ...targetGroups.map((one) => one.tags)]) {
    const maker = makerOf(tags);
    if (maker && maker.serviceKey === key && (uuid ?? maker.uuid) === maker.uuid) makers.set(maker.uuid, maker);
  }
  return Promise.all(
    [...makers.values()].map(async (maker) => ({
      ...(await tracesOfMaker(aws, { maker, groups, targetGroups, existingArns })),
      atWork: await whoWorksOn(temporal, maker, itself),
    })),
  );
}

interface TaggedTargetGroup {
  arn: string;
  name: string;
  tags: Record<string, string>;
}

/** Target groups have no filter by tag; their names begin alike, so few have to be asked for their tags. */
async function ownTargetGroups(
  aws: AwsSession,
  all: readonly TargetGroup[],
  { service }: ServiceConfig,
): Promise<TaggedTargetGroup[]> {
  const isNamedSo = ({ TargetGroupName = '' }: TargetGroup) => TargetGroupName.startsWith(targetGroupPrefix(service));
  const named = all.filter(isNamedSo);
  const tags = await elbTags(
    aws,
    named.map((group) => group.TargetGroupArn ?? ''),
  );
  return named.map(({ TargetGroupArn: arn = '', TargetGroupName: name = '' }) => ({
    arn,
    name,
    tags: tags.get(arn) ?? {},
  }));
}

async function tracesOfMaker(
  aws: AwsSession,
  found: { maker: Maker; groups: AutoScalingGroup[]; targetGroups: TaggedTargetGroup[]; existingArns: string[] },
): Promise<Omit<Traces, 'atWork'>> {
  const { maker, targetGroups, existingArns } = found;
  const isOurs = (tags: Record<string, string>) => tags[deploymentTag] === maker.uuid;
  const group = found.groups.find((one) => isOurs(tagsOf(one)));
  const made = targetGroups.filter(({ tags }) => isOurs(tags));
  const pairs = made.map(({ arn, name, tags }) => ({ oldArn: tags[replacesTag] ?? '', newArn: arn, newName: name }));
  const old = await replacedGroup(aws, { group, oldArns: pairs.map(({ oldArn }) => oldArn), maker });
  // Not all of old's need have their pair before there is a group.
  const oldArns = group ? [] : (old?.TargetGroupARNs ?? []);
  const meant = new Set([...pairs.flatMap(({ oldArn, newArn }) => [oldArn, newArn]), ...oldArns]);
  const arns = [...meant].filter((arn) => existingArns.includes(arn));
  return {
    maker,
    clone: group ? traced(group) : null,
    old: old ? traced(old) : null,
    oldName: old?.AutoScalingGroupName ?? (group && tagsOf(group)[replacesTag]) ?? '',
    replacedSize: group ? replacedSizeOf(tagsOf(group)) : null,
    pairs,
    removableOldArns: pairs
      .map(({ oldArn }) => oldArn)
      .filter((arn) => targetGroups.some((one) => one.arn === arn && one.tags[deploymentTag] !== undefined)),
    routes: await findRoutes(aws, arns),
  };
}

/** Named by the clone; before there is one, the group whose servers are in the target groups that were copied. */
async function replacedGroup(
  aws: AwsSession,
  { group, oldArns, maker }: { group: AutoScalingGroup | undefined; oldArns: string[]; maker: Maker },
): Promise<AutoScalingGroup | undefined> {
  const name = group && tagsOf(group)[replacesTag];
  if (name !== undefined) return describeGroup(aws, name);
  const candidates = await groupsInTargetGroups(aws, oldArns);
  return candidates.find((one) => tagsOf(one)[deploymentTag] !== maker.uuid);
}

async function whoWorksOn(temporal: Executions, maker: Maker, itself?: string): Promise<string | null> {
  const deploymentId = deploymentIdOf(maker.serviceKey, maker.uuid);
  for (const workflowId of [deploymentId, drainIdOf(deploymentId)].filter((id) => id !== itself)) {
    if ((await temporal.describe(workflowId))?.status === 'running') return workflowId;
  }
  return null;
}

function traced(group: AutoScalingGroup): TracedGroup {
  return {
    groupName: group.AutoScalingGroupName ?? '',
    arn: group.AutoScalingGroupARN ?? '',
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    targetGroupArns: group.TargetGroupARNs ?? [],
    tags: tagsOf(group),
  };
}

function tagsOf({ Tags = [] }: AutoScalingGroup): Record<string, string> {
  return Object.fromEntries(Tags.map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}
