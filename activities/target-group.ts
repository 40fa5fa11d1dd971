import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { writer } from './roles';
import { onceVisible } from './visibility';
import {
  createTargetGroup,
  describeTargetGroups,
  elbTags,
  findTargetGroup,
  setTargetGroupAttributes,
  targetGroupAttributes,
  type TargetGroupAttribute,
} from '../clients/aws/balancers';
import { describeGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { deploymentTag, ownTags, replacesTag } from '../domain/names';
import type { Plan, TargetGroupPair } from '../domain/plan';
import { targetGroupCopy } from '../domain/target-group';

export function createTargetGroupActivities(deps: ActivityDeps) {
  return {
    /** One new target group per target group of old, with the same settings; finds those that an earlier attempt made. */
    ensureTargetGroups: writer(async ({ service, plan }: OnPlan): Promise<void> => {
      const aws = sessionOf(deps, service);
      for (const pair of plan.pairs) await ensureTargetGroup(aws, plan, pair);
    }),
  };
}

/**
 * The new target group of each pair; null where it does not exist (yet, or any more). One that is not found by its name may
 * be a stale answer, so the new group is asked too, whose servers register there.
 */
export async function newTargetGroupArns(aws: AwsSession, plan: Plan): Promise<(string | null)[]> {
  const named = await Promise.all(
    plan.pairs.map(async (pair) => (await findTargetGroup(aws, { name: pair.newName }))?.TargetGroupArn ?? null),
  );
  if (!named.includes(null)) return named;
  const { TargetGroupARNs: ofGroup = [] } = (await describeGroup(aws, plan.names.group)) ?? {};
  return Promise.all(
    named.map(async (found, index) => {
      const dimension = `targetgroup/${plan.pairs[index]?.newName ?? ''}/`;
      const arn = found ?? ofGroup.find((one) => dimensionOf(one).startsWith(dimension));
      if (found !== null || arn === undefined) return found;
      return (await findTargetGroup(aws, { arn }))?.TargetGroupArn ?? null;
    }),
  );
}

export interface PairArns {
  oldArn: string;
  newArn: string;
}

/** Both target groups of each pair; new's is empty where it does not exist (yet, or any more). */
export async function knownPairs(aws: AwsSession, plan: Plan): Promise<PairArns[]> {
  const newArns = await newTargetGroupArns(aws, plan);
  return plan.pairs.map(({ oldArn }, index) => ({ oldArn, newArn: newArns[index] ?? '' }));
}

/** Both target groups of each pair, for work that cannot go on without them. */
export async function existingPairs(aws: AwsSession, plan: Plan): Promise<PairArns[]> {
  const pairs = await knownPairs(aws, plan);
  const missing = plan.pairs.find((_, index) => !pairs[index]?.newArn);
  if (missing)
    throw ApplicationFailure.retryable(
      `target group ${missing.newName} of the new fleet cannot be found (yet)`,
      'not-visible',
    );
  return pairs;
}

export function dimensionOf(targetGroupArn: string): string {
  return targetGroupArn.slice(targetGroupArn.indexOf('targetgroup/'));
}

async function ensureTargetGroup(aws: AwsSession, plan: Plan, pair: TargetGroupPair): Promise<void> {
  const [old] = await describeTargetGroups(aws, [pair.oldArn]);
  if (!old) throw ApplicationFailure.nonRetryable(`target group ${pair.oldArn} of the old fleet is gone`, 'not-found');
  const oldTags = (await elbTags(aws, [pair.oldArn])).get(pair.oldArn) ?? {};
  const found = await findTargetGroup(aws, { name: pair.newName });
  const made =
    found ??
    (await createTargetGroup(
      aws,
      targetGroupCopy({
        source: old,
        sourceTags: oldTags,
        name: pair.newName,
        tags: { ...ownTags(plan), [replacesTag]: pair.oldArn },
      }),
    ));
  const arn = made?.TargetGroupArn ?? '';
  const wanted = await targetGroupAttributes(aws, pair.oldArn);
  await onceVisible(`the new target group ${pair.newName}`, async () => {
    await assertOurs(aws, { arn, name: pair.newName, uuid: plan.uuid });
    await setMissing(aws, wanted, arn);
  });
}

async function assertOurs(aws: AwsSession, group: { arn: string; name: string; uuid: string }): Promise<void> {
  const owner = (await elbTags(aws, [group.arn])).get(group.arn)?.[deploymentTag];
  if (owner === group.uuid) return;
  if (owner === undefined) {
    throw ApplicationFailure.retryable(
      `the tags of the new target group ${group.name} are not visible yet`,
      'not-visible',
    );
  }
  throw ApplicationFailure.nonRetryable(
    `target group ${group.name} exists but was not made by this deployment; rename or remove it`,
    'already-exists',
  );
}

/** Only what differs from a fresh group's defaults is set: AWS refuses some attributes even at their own defaults. */
async function setMissing(aws: AwsSession, wanted: TargetGroupAttribute[], toArn: string): Promise<void> {
  const missing = await differing(aws, wanted, toArn);
  if (missing.length === 0) return;
  await setTargetGroupAttributes(aws, toArn, missing);
  const left = await differing(aws, wanted, toArn);
  if (left.length > 0) {
    throw ApplicationFailure.retryable(
      `attributes of ${toArn} do not read back as written: ${left.map((one) => one.Key).join(', ')}`,
    );
  }
}

async function differing(aws: AwsSession, wanted: TargetGroupAttribute[], arn: string) {
  const actual = new Map((await targetGroupAttributes(aws, arn)).map((one) => [one.Key, one.Value]));
  return wanted.filter((one) => actual.get(one.Key) !== one.Value);
}
