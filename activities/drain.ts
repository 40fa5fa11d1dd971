/** Watching an old fleet (or a failed new one) go: first its traffic, then its servers. */
import type { ActivityDeps, OnPlan } from './deps';
import { sessionOf } from './deps';
import { groupNameOf, weightedRoutes, type Fleet } from './group';
import { completeWindow, readFleetSums } from './fleet-metrics';
import { lookUntil, report, watcher } from './roles';
import { describeGroup } from '../clients/aws/groups';
import type { AwsSession } from '../clients/aws/sessions';
import { fleetCounts } from '../domain/judge/rows';
import { isQuiet, silentPeriodsNeeded, type QuietRow } from '../domain/quiet';

export interface WatchQuietInput extends OnPlan {
  /** The fleet that should have no requests any more. */
  fleet: Fleet;
  /** When the last route change had been read back and settled. */
  sinceMs: number;
  deadlineMs: number;
}

export type QuietAnswer = { kind: 'quiet' } | { kind: 'late'; detail: string };

export type GoneAnswer =
  | { kind: 'gone' }
  | { kind: 'late'; detail: string }
  /** It was given servers or traffic again: by somebody else, or by a write of ours that landed late. */
  | { kind: 'revived'; detail: string };

/** One answer may be a stale read. */
const readsNeeded = 2;

export function createDrainActivities(deps: ActivityDeps) {
  return {
    watchQuiet: watcher(async (input: WatchQuietInput): Promise<QuietAnswer> => {
      const aws = sessionOf(deps, input.service);
      let seen = 'no complete metric period yet';
      return lookUntil<QuietAnswer>({
        deadlineMs: input.deadlineMs,
        everySeconds: input.service.pollSeconds,
        look: async () => {
          const rows = await quietRows(aws, input);
          if (isQuiet(rows)) return { kind: 'quiet' };
          const newest = rows.at(-1);
          if (newest) seen = `${newest.leavingRequests} requests in the newest period`;
          report({ text: `${input.fleet} fleet is not quiet: ${seen}` });
          return null;
        },
        late: (refusal) => ({ kind: 'late', detail: refusal ?? seen }),
      });
    }),

    watchGone: watcher(async (input: OnPlan & { fleet: Fleet; deadlineMs: number }): Promise<GoneAnswer> => {
      const aws = sessionOf(deps, input.service);
      const inARow = { empty: 0, revived: 0 };
      let seen = 'nothing could be read yet';
      return lookUntil<GoneAnswer>({
        deadlineMs: input.deadlineMs,
        everySeconds: input.service.pollSeconds,
        look: async () => {
          const found = await readLeaving(aws, input);
          inARow.empty = found.remaining === 0 ? inARow.empty + 1 : 0;
          inARow.revived = found.revival === null ? 0 : inARow.revived + 1;
          seen = `${found.remaining} servers are still there`;
          report({ text: seen });
          if (found.revival !== null && inARow.revived >= readsNeeded)
            return { kind: 'revived', detail: found.revival };
          return inARow.empty >= readsNeeded && found.revival === null ? { kind: 'gone' } : null;
        },
        late: (refusal) => ({ kind: 'late', detail: refusal ?? seen }),
      });
    }),
  };
}

async function readLeaving(aws: AwsSession, { plan, fleet }: OnPlan & { fleet: Fleet }) {
  const name = groupNameOf(plan, fleet);
  const [group, weighted] = await Promise.all([describeGroup(aws, name), weightedRoutes(aws, plan, fleet)]);
  const wanted = group?.Status === undefined ? (group?.DesiredCapacity ?? 0) : 0;
  const revivals = [
    ...(wanted > 0 ? [`${name} wants ${wanted} servers again`] : []),
    ...(weighted.length > 0 ? [`${name} gets traffic again by ${weighted.join(', ')}`] : []),
  ];
  return {
    remaining: group?.Instances?.length ?? 0,
    revival: revivals.length > 0 ? revivals.join(' and ') : null,
  };
}

async function quietRows(aws: AwsSession, { service, plan, fleet, sinceMs }: WatchQuietInput): Promise<QuietRow[]> {
  const { periodSeconds, lagSeconds } = service.judge;
  const window = completeWindow({ sinceMs, nowMs: Date.now(), periodSeconds, lagSeconds });
  // A wait of days must not ask for days of metrics.
  window.startMs = Math.max(window.startMs, window.endMs - silentPeriodsNeeded * periodSeconds * 1000);
  const both = await readFleetSums(aws, plan, window);
  // A later generation may have taken new's place, and new may be gone: then old's own silence has to do, for longer.
  const periods = both ?? (fleet === 'old' ? await readFleetSums(aws, plan, window, 'old') : null) ?? [];
  return periods.flatMap((period): QuietRow[] => {
    const old = fleetCounts(period.oldFleet);
    const next = fleetCounts(period.newFleet);
    if (old.kind === 'invalid' || next.kind === 'invalid') return [];
    const [leaving, staying] = fleet === 'old' ? [old, next] : [next, old];
    return [{ leavingRequests: leaving.requests, stayingRequests: staying.requests }];
  });
}
