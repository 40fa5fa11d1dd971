import type { InstanceState } from '../state/compute-state';
import type { GroupState } from '../state/group-state';

/**
 * Picks the instances to let go by the group's first termination policy: NewestInstance, OldestInstance, or else
 * those with the oldest template version first (AWS's default, without its balancing of zones). Protected ones are
 * never picked, so there may be fewer than `count`.
 */
export function chooseForScaleIn(group: GroupState, instances: InstanceState[], count: number): InstanceState[] {
  if (count === 0) return [];
  const [policy] = group.settings.TerminationPolicies ?? [];
  const candidates = instances.filter((instance) => !instance.protectedFromScaleIn);
  return candidates.sort(orderFor(policy)).slice(0, count);
}

type Order = (a: InstanceState, b: InstanceState) => number;

const byAge: Order = (a, b) => a.launchedAt.getTime() - b.launchedAt.getTime();

function orderFor(policy: string | undefined): Order {
  if (policy === 'NewestInstance') return (a, b) => byAge(b, a);
  if (policy === 'OldestInstance') return byAge;
  return (a, b) => Number(a.launchTemplate.Version) - Number(b.launchTemplate.Version) || byAge(a, b);
}
