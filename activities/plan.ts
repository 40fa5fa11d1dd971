/** Reads everything the plan needs; `domain/plan.ts` decides. Changes nothing. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps } from './deps';
import { sessionOf } from './deps';
import { nothingLeft, planAgain, thingsOf } from './recovery';
import { lookUntil, watcher } from './roles';
import { readTemplate } from './running-template';
import { findRoutes, findSource, readLiveRates } from './source';
import { describeSubResources, describeGroup, type AutoScalingGroup } from '../clients/aws/groups';
import {
  describeTargetGroups,
  elbTags,
  targetGroupAttributes,
  targetHealth,
  type TargetState,
} from '../clients/aws/balancers';
import { describeImage } from '../clients/aws/templates';
import { AwsCallError } from '../clients/aws/errors';
import type { AwsSession } from '../clients/aws/sessions';
import type { Executions } from '../domain/executions';
import { leasedArns } from '../domain/leases';
import { createdNames, deploymentTag } from '../domain/names';
import { makePlan, type PlanAnswer } from '../domain/plan';
import type { RecoveryWay } from '../domain/recovery-order';
import type { ImageFacts, PlanFacts, TargetGroupFacts } from '../domain/plan-facts';
import type { ServiceConfig } from '../domain/service-file';

export interface PlanInput {
  service: ServiceConfig;
  uuid: string;
  number: number;
  imageId: string;
  /** The deployment that this one is the rollback of. */
  undoes?: string;
  /** Of a deployment that has begun already and was lost. */
  recovery?: RecoveryWay;
  /** A plan that AWS does not let us make until then is refused. */
  deadlineMs: number;
}

interface Refused {
  kind: 'refused';
  problems: string[];
  /** Things in whose state the problem may lie: perhaps somebody is at work there. */
  arns: string[];
}

/** What a deployment of this service would write on now: its leases are taken before the plan is made. */
export type ThingsAnswer = { kind: 'found'; arns: string[] } | Refused;

export function createPlanActivities(deps: ActivityDeps) {
  const planned = <Answer>(input: PlanInput, look: (aws: AwsSession) => Promise<Answer>): Promise<Answer | Refused> =>
    lookUntil<Answer | Refused>({
      deadlineMs: input.deadlineMs,
      everySeconds: input.service.pollSeconds,
      look: () => look(sessionOf(deps, input.service)).catch(refusedForGood),
      late: (refusal) => refused(refusal ?? 'the plan could not be made in time'),
    });
  return {
    findThings: watcher((input: PlanInput): Promise<ThingsAnswer> =>
      planned(input, (aws) => findThings(aws, deps.temporal, input)),
    ),
    planDeployment: watcher((input: PlanInput): Promise<PlanAnswer> =>
      planned(input, (aws) => plan(aws, deps.temporal, { ...input, canNotify: deps.notifySecret !== undefined })),
    ),
  };
}

/** Nothing has been made yet, so what a person has to mend is told at once instead of waited for. */
function refusedForGood(error: unknown): Refused {
  const isForGood =
    error instanceof AwsCallError && (error.code === 'ENOTFOUND' || ['denied', 'credentials'].includes(error.kind));
  if (!isForGood) throw error;
  const hint = error.code === 'ENOTFOUND' ? '; does the region of the service file exist?' : '';
  return refused(`${error.message}${hint}`);
}

function refused(problem: string, arns: string[] = []): Refused {
  return { kind: 'refused', problems: [problem], arns };
}

type Asked = PlanInput & Pick<PlanFacts, 'canNotify'>;

async function plan(aws: AwsSession, temporal: Executions, input: Asked): Promise<PlanAnswer> {
  const way = await recoveryWay(aws, input);
  if (way) return planAgain(aws, temporal, { ...input, way });
  const source = await readSource(aws, input);
  return source.kind === 'refused' ? source : makePlan(await readFacts(aws, input, source.group));
}

async function findThings(aws: AwsSession, temporal: Executions, input: PlanInput): Promise<ThingsAnswer> {
  if (await recoveryWay(aws, input)) {
    const things = await thingsOf(aws, temporal, input);
    return things ? { kind: 'found', arns: leasedArns(things) } : refused(nothingLeft(input.uuid));
  }
  const source = await readSource(aws, input);
  if (source.kind === 'refused') return source;
  const { group } = source;
  const routes = await findRoutes(aws, group.TargetGroupARNs ?? []);
  return { kind: 'found', arns: leasedArns({ old: { groupArn: group.AutoScalingGroupARN ?? '' }, routes }) };
}

/** One whose own group is there has begun before: Temporal was told to reset it to its beginning. */
async function recoveryWay(aws: AwsSession, input: PlanInput): Promise<RecoveryWay | undefined> {
  if (input.recovery) return input.recovery;
  const names = createdNames({ ...input, service: input.service.service, targetGroupCount: 0 });
  const { Tags = [] } = (await describeGroup(aws, names.group)) ?? {};
  const isOwn = Tags.some(({ Key, Value }) => Key === deploymentTag && Value === input.uuid);
  return isOwn ? 'finish' : undefined;
}

async function readSource(
  aws: AwsSession,
  input: PlanInput,
): Promise<{ kind: 'found'; group: AutoScalingGroup } | Refused> {
  const choice = await findSource(aws, input.service);
  if (choice.kind === 'refused') return refused(choice.problem, choice.arns);
  return { kind: 'found', group: await foundAgain(aws, choice.groupName) };
}

/** @throws ApplicationFailure when a group that was listed a moment ago is not there: one of the answers is stale, and passes. */
async function foundAgain(aws: AwsSession, groupName: string): Promise<AutoScalingGroup> {
  const group = await describeGroup(aws, groupName);
  if (!group) throw ApplicationFailure.retryable(`group ${groupName} disappeared while it was read`, 'not-visible');
  return group;
}

async function readFacts(aws: AwsSession, input: Asked, group: AutoScalingGroup): Promise<PlanFacts> {
  const arns = group.TargetGroupARNs ?? [];
  const [sub, template, targetGroups, routes, newImage] = await Promise.all([
    describeSubResources(aws, group.AutoScalingGroupName ?? ''),
    readTemplate(aws, group),
    readTargetGroups(aws, group),
    findRoutes(aws, arns),
    readImage(aws, input.imageId),
  ]);
  return {
    ...input,
    group: {
      ...group,
      arn: group.AutoScalingGroupARN ?? '',
      minSize: group.MinSize ?? 0,
      maxSize: group.MaxSize ?? 0,
      desiredCapacity: group.DesiredCapacity ?? 0,
      tags: Object.fromEntries((group.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
    },
    sub,
    template,
    targetGroups,
    routes,
    newImage,
    oldImage: template?.imageId ? await readImage(aws, template.imageId) : null,
    ...(await readLiveRates(aws, { routes, targetGroups, service: input.service })),
  };
}

async function readTargetGroups(aws: AwsSession, source: AutoScalingGroup): Promise<TargetGroupFacts[]> {
  const arns = source.TargetGroupARNs ?? [];
  const [groups, tags] = await Promise.all([describeTargetGroups(aws, arns), elbTags(aws, arns)]);
  return Promise.all(
    groups.map(async (group): Promise<TargetGroupFacts> => {
      const arn = group.TargetGroupArn ?? '';
      const [attributes, health] = await Promise.all([targetGroupAttributes(aws, arn), targetHealth(aws, arn)]);
      return {
        arn,
        name: group.TargetGroupName ?? '',
        dimension: arn.slice(arn.indexOf('targetgroup/')),
        targetType: group.TargetType ?? 'unknown',
        protocol: group.Protocol ?? 'unknown',
        attributes: Object.fromEntries(attributes.map((one) => [one.Key ?? '', one.Value ?? ''])),
        tags: tags.get(arn) ?? {},
        foreignTargets: await foreignTargets(aws, source, health),
        healthy: health.filter((target) => target.state === 'healthy').length,
      };
    }),
  );
}

/**
 * Targets that no server of the group is. What looks like one may have been launched after the group was read, so it is
 * read again: a server is in its group before it is in a target group.
 */
async function foreignTargets(aws: AwsSession, source: AutoScalingGroup, health: TargetState[]): Promise<string[]> {
  const notOf = ({ Instances: servers = [] }: AutoScalingGroup) =>
    health
      .filter(({ state, instanceId }) => {
        return state !== 'draining' && !servers.some((server) => server.InstanceId === instanceId);
      })
      .map((target) => target.instanceId);
  if (notOf(source).length === 0) return [];
  return notOf(await foundAgain(aws, source.AutoScalingGroupName ?? ''));
}

async function readImage(aws: AwsSession, imageId: string): Promise<ImageFacts | null> {
  const image = await describeImage(aws, imageId);
  if (!image) return null;
  return { imageId, state: image.State ?? 'unknown', architecture: image.Architecture ?? 'unknown' };
}
