import type { RunRecord } from '../record';
import { isOurs } from './routes';

interface NamedInput {
  AutoScalingGroupName?: string;
  LaunchTemplateName?: string;
  Name?: string;
}

const creations: Record<string, { nameOf: (input: NamedInput) => string | undefined; deletedBy: string }> = {
  CreateAutoScalingGroup: { nameOf: (input) => input.AutoScalingGroupName, deletedBy: 'DeleteAutoScalingGroup' },
  CreateLaunchTemplate: { nameOf: (input) => input.LaunchTemplateName, deletedBy: 'DeleteLaunchTemplate' },
  CreateTargetGroup: { nameOf: (input) => input.Name, deletedBy: 'DeleteTargetGroup' },
};

/** One clone, one template and one target group, whatever is retried, killed or frozen; and none after it was removed. */
export function oneOfEach(record: RunRecord): string[] {
  const applied = record.ledger.filter((entry) => isOurs(entry) && entry.outcome === 'applied');
  return Object.entries(creations).flatMap(([operation, { nameOf, deletedBy }]) => {
    const made = applied.filter((entry) => entry.operation === operation);
    const names = new Set(made.map(({ input }) => nameOf(input as NamedInput)));
    const removed = applied.find((entry) => entry.operation === deletedBy && !namesSource(record, entry.input));
    return [
      ...(names.size > 1 ? [`${operation} made ${[...names].join(' and ')}`] : []),
      ...made
        .filter((entry) => removed !== undefined && entry.seq > removed.seq)
        .map((entry) => `#${entry.seq} ${operation} came after #${removed?.seq} ${deletedBy}`),
    ];
  });
}

function namesSource({ source }: RunRecord, input: unknown): boolean {
  return (input as NamedInput).AutoScalingGroupName === source.group;
}
