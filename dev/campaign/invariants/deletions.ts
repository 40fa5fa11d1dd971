import type { LedgerEntry } from '../../../sandbox/control/types';
import { wasDone, type RunRecord } from '../record';
import { isOurs, newShare, routeWrites, type Shares } from './routes';

interface DeleteInput {
  AutoScalingGroupName?: string;
  TargetGroupArn?: string;
  ForceDelete?: boolean;
}

/**
 * Nothing is deleted but what this deployment made, and that only when no route needs it; never with force. The source
 * group only after a success, and only where the policy says so; its target group and template stay.
 */
export function deletions(record: RunRecord): string[] {
  const ours = record.ledger.filter((entry) => isOurs(entry) && entry.outcome === 'applied');
  return [
    ...ours.flatMap((entry) => {
      const { ForceDelete, TargetGroupArn } = entry.input as DeleteInput;
      if (ForceDelete === true) return [`#${entry.seq} ${entry.operation} was forced`];
      if (entry.operation === 'DeleteAutoScalingGroup') return groupBreaches(record, entry);
      if (entry.operation === 'DeleteTargetGroup') return targetGroupBreaches(record, entry, TargetGroupArn ?? '');
      return [];
    }),
    ...lostBelongings(record),
  ];
}

function groupBreaches(record: RunRecord, entry: LedgerEntry): string[] {
  const name = (entry.input as DeleteInput).AutoScalingGroupName ?? '';
  if (name === record.source.group) {
    const allowed = record.result?.outcome === 'succeeded' && record.scenario.oldGroup === 'delete';
    return allowed ? [] : [`#${entry.seq} deleted the source group ${name}`];
  }
  if (!wasMadeByUs(record, name)) return [`#${entry.seq} deleted ${name}, which this deployment did not make`];
  const routes = routesAt(record, entry.seq);
  return routes.some((shares) => newShare(shares, record) > 0)
    ? [`#${entry.seq} deleted ${name} while a route gave it traffic`]
    : [];
}

function targetGroupBreaches(record: RunRecord, entry: LedgerEntry, arn: string): string[] {
  if (arn === record.source.targetGroupArn) return [`#${entry.seq} deleted the source's target group ${arn}`];
  return routesAt(record, entry.seq).some((shares) => arn in shares)
    ? [`#${entry.seq} deleted ${arn} while a route named it`]
    : [];
}

function wasMadeByUs({ ledger }: RunRecord, groupName: string): boolean {
  return ledger.some(
    (entry) =>
      isOurs(entry) &&
      entry.operation === 'CreateAutoScalingGroup' &&
      (entry.input as DeleteInput).AutoScalingGroupName === groupName &&
      JSON.stringify(entry.input).includes('fleetshift:deployment'),
  );
}

/** What every route says at that moment. */
function routesAt(record: RunRecord, seq: number): Shares[] {
  const before = routeWrites(record).filter((write) => write.entry.seq < seq);
  return record.source.routes.flatMap((route): Shares[] => {
    const last = before.filter((write) => write.route === route).at(-1);
    return last ? [last.after] : [];
  });
}

function lostBelongings(record: RunRecord): string[] {
  const { world, source, scenario, result } = record;
  const mayMissGroup =
    wasDone(record, 'delete-old') || (result?.outcome === 'succeeded' && scenario.oldGroup === 'delete');
  const hasGroup = world.groups.some(({ name }) => name === source.group);
  return [
    ...(world.targetGroupArns.includes(source.targetGroupArn) ? [] : ["the source's target group is gone"]),
    ...(world.templateNames.includes(source.templateName) ? [] : ["the source's launch template is gone"]),
    ...(hasGroup || mayMissGroup ? [] : ['the source group is gone']),
  ];
}
