/** Watching an old fleet (or a failed new one) go: first its traffic, then its servers. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { groupNameOf, type Fleet } from './group';
import { pause, report, watcher } from './roles';
import { dimensionOf, newTargetGroupArns } from './target-group';
import { describeGroup } from '../clients/aws/groups';
import { metricSums, type TargetGroupMetric } from '../clients/aws/metrics';
import type { AwsSession } from '../clients/aws/sessions';
import type { Plan } from '../domain/plan';
import { isQuiet, type QuietRow } from '../domain/quiet';
import type { ServiceConfig } from '../domain/service-file';

export interface WatchQuietInput extends OnPlan {
  /** The fleet that should have no requests any more. */
  fleet: Fleet;
  /** When the last route change had been read back and settled. */
  sinceMs: number;
  deadlineMs: number;
}

export type QuietAnswer = { kind: 'quiet' } | { kind: 'late'; detail: string };

export type GoneAnswer = { kind: 'gone' } | { kind: 'late'; remaining: number };

/** One empty answer may be a stale read. */
const emptyReadsNeeded = 2;

export function createDrainActivities(deps: ActivityDeps) {
  return {
    watchQuiet: watcher(async (input: WatchQuietInput): Promise<QuietAnswer> => {
      const aws = sessionOf(deps, input.service);
      for (;;) {
        const rows = await quietRows(aws, input);
        if (isQuiet(rows)) return { kind: 'quiet' };
        const busy = rows.at(-1)?.leavingRequests ?? null;
        const text = busy === null ? 'no complete metric period yet' : `${busy} requests in the newest period`;
        report({ text: `${input.fleet} fleet is not quiet: ${text}` });
        if (Date.now() >= input.deadlineMs) return { kind: 'late', detail: text };
        await pause(input.service.pollSeconds);
      }
    }),

    watchGone: watcher(async (input: OnPlan & { fleet: Fleet; deadlineMs: number }): Promise<GoneAnswer> => {
      const aws = sessionOf(deps, input.service);
      let emptyReads = 0;
      for (;;) {
        const group = await describeGroup(aws, groupNameOf(input.plan, input.fleet));
        const remaining = group?.Instances?.length ?? 0;
        emptyReads = remaining === 0 ? emptyReads + 1 : 0;
        if (emptyReads >= emptyReadsNeeded) return { kind: 'gone' };
        report({ text: `${remaining} servers left` });
        if (Date.now() >= input.deadlineMs) return { kind: 'late', remaining };
        await pause(input.service.pollSeconds);
      }
    }),
  };
}

async function quietRows(aws: AwsSession, input: WatchQuietInput): Promise<QuietRow[]> {
  const { periodSeconds, lagSeconds } = input.service.judge;
  const periodMs = periodSeconds * 1000;
  const startMs = Math.ceil(input.sinceMs / periodMs) * periodMs;
  const endMs = Math.floor((Date.now() - lagSeconds * 1000) / periodMs) * periodMs;
  const [old, next] = await requestSums(aws, input.service, input.plan, { startMs, endMs });
  if (!old || !next) return [];
  const [leaving, staying] = input.fleet === 'old' ? [old, next] : [next, old];
  const rows: QuietRow[] = [];
  for (let at = startMs; at < endMs; at += periodMs) {
    rows.push({ leavingRequests: leaving.get(at) ?? null, stayingRequests: staying.get(at) ?? null });
  }
  return rows;
}

/** Requests per period of old and of new; nothing when CloudWatch answered only in part. */
async function requestSums(
  aws: AwsSession,
  service: ServiceConfig,
  plan: Plan,
  window: { startMs: number; endMs: number },
): Promise<Map<number, number>[]> {
  const newArns = await newTargetGroupArns(aws, plan);
  const metrics = (['old', 'new'] as const).map((fleet) =>
    plan.routes.flatMap((route): TargetGroupMetric[] => {
      const arn = fleet === 'old' ? plan.pairs[route.pair]?.oldArn : newArns[route.pair];
      if (!arn) return [];
      return [{ targetGroup: dimensionOf(arn), loadBalancer: route.loadBalancer, metricName: 'RequestCount' }];
    }),
  );
  const unique = metrics.map((list) => [
    ...new Map(list.map((one) => [`${one.targetGroup} ${one.loadBalancer}`, one])).values(),
  ]);
  const sums = await metricSums(aws, unique.flat(), { periodSeconds: service.judge.periodSeconds, ...window });
  if (!sums) return [];
  const split = unique[0]?.length ?? 0;
  return [sums.slice(0, split), sums.slice(split)].map(addUp);
}

function addUp(series: Map<number, number>[]): Map<number, number> {
  const total = new Map<number, number>();
  for (const one of series) for (const [at, value] of one) total.set(at, (total.get(at) ?? 0) + value);
  return total;
}
