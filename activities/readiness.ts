import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { lookUntil, report, watcher } from './roles';
import { existingPairs } from './target-group';
import { targetHealth } from '../clients/aws/balancers';
import { describeGroup, recentActivities } from '../clients/aws/groups';
import { describeInstances } from '../clients/aws/templates';
import type { AwsSession } from '../clients/aws/sessions';
import type { LiveReport } from '../domain/deployment';
import type { Plan } from '../domain/plan';
import { assessReadiness, type FleetFacts, type Readiness } from '../domain/readiness';

export interface WatchReadinessInput extends OnPlan {
  imageId: string;
  wanted: number;
  /** Good reads in a row that are asked for. */
  healthyReads: number;
  deadlineMs: number;
}

export type ReadinessAnswer =
  | { kind: 'ready'; healthy: number }
  /** The deadline passed; `detail` is what was still missing, with what the group itself reports. */
  | { kind: 'late'; healthy: number; detail: string };

export function createReadinessActivities(deps: ActivityDeps) {
  return {
    watchReadiness: watcher(async (input: WatchReadinessInput): Promise<ReadinessAnswer> => {
      const aws = sessionOf(deps, input.service);
      let goodReads = 0;
      let seen: Readiness = { kind: 'waiting', healthy: 0, detail: 'nothing could be read yet' };
      return lookUntil<ReadinessAnswer>({
        deadlineMs: input.deadlineMs,
        everySeconds: input.service.pollSeconds,
        look: async () => {
          seen = assessReadiness(await readFleet(aws, input));
          report(liveReport(seen));
          goodReads = seen.kind === 'ready' ? goodReads + 1 : 0;
          return seen.kind === 'ready' && goodReads >= input.healthyReads ? seen : null;
        },
        late: async (refusal) => {
          // Healthy at the deadline, it only has to prove it: perhaps no worker was there to look before.
          if (refusal === null && seen.kind === 'ready') return null;
          return { kind: 'late', healthy: seen.healthy, detail: refusal ?? (await explain(aws, input.plan, seen)) };
        },
      });
    }),
  };
}

function liveReport(seen: Readiness): LiveReport {
  return { newHealthy: seen.healthy, text: seen.kind === 'ready' ? `${seen.healthy} servers are ready` : seen.detail };
}

async function readFleet(aws: AwsSession, { plan, imageId, wanted }: WatchReadinessInput): Promise<FleetFacts> {
  const [group, pairs] = await Promise.all([describeGroup(aws, plan.names.group), existingPairs(aws, plan)]);
  const instances = group?.Instances ?? [];
  const [images, health] = await Promise.all([
    describeInstances(
      aws,
      instances.map((instance) => instance.InstanceId ?? ''),
    ),
    Promise.all(pairs.map((pair) => targetHealth(aws, pair.newArn))),
  ]);
  const imageOf = new Map(images.map((instance) => [instance.InstanceId, instance.ImageId]));
  return {
    wanted,
    imageId,
    instances: instances.map((instance) => ({
      id: instance.InstanceId ?? '',
      lifecycleState: instance.LifecycleState ?? 'unknown',
      imageId: imageOf.get(instance.InstanceId) ?? null,
    })),
    targetGroups: plan.pairs.map((pair, index) => ({ name: pair.newName, targets: health[index] ?? [] })),
  };
}

/** What is missing, and what the group says about its own trouble (no capacity, failing launches). */
async function explain(aws: AwsSession, plan: Plan, seen: Readiness): Promise<string> {
  const failed = (await recentActivities(aws, plan.names.group)).find((activity) => activity.StatusCode === 'Failed');
  const missing = seen.kind === 'waiting' ? seen.detail : 'not healthy for long enough';
  return failed?.StatusMessage ? `${missing}; the group reports: ${failed.StatusMessage}` : missing;
}
