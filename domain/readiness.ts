/** When is a fleet ready? Every server asked for is in service, healthy everywhere, and runs the image asked for. */

export interface FleetFacts {
  wanted: number;
  imageId: string;
  instances: { id: string; lifecycleState: string; imageId: string | null }[];
  /** Per target group, the state of each of its targets. */
  targetGroups: { name: string; targets: { instanceId: string; state: string; reason: string }[] }[];
}

export type Readiness = { kind: 'ready'; healthy: number } | { kind: 'waiting'; healthy: number; detail: string };

/**
 * `InService` alone means only that registration was tried; target health alone says nothing about servers that were
 * never registered. So each server in service must be found healthy in every target group.
 */
export function assessReadiness(facts: FleetFacts): Readiness {
  const inService = facts.instances.filter((instance) => instance.lifecycleState === 'InService');
  const healthy = inService.filter((instance) => healthyEverywhere(facts, instance.id));
  const waiting = (detail: string): Readiness => ({ kind: 'waiting', healthy: healthy.length, detail });
  if (inService.length < facts.wanted) return waiting(`${inService.length} of ${facts.wanted} servers are in service`);
  const wrong = inService.find((instance) => instance.imageId !== null && instance.imageId !== facts.imageId);
  if (wrong) return waiting(`server ${wrong.id} runs image ${wrong.imageId} instead of ${facts.imageId}`);
  const unseen = inService.find((instance) => instance.imageId === null);
  if (unseen) return waiting(`the image of server ${unseen.id} is not known yet`);
  const sick = inService.find((instance) => !healthy.includes(instance));
  if (sick) return waiting(sickness(facts, sick.id));
  return { kind: 'ready', healthy: healthy.length };
}

function healthyEverywhere(facts: FleetFacts, id: string): boolean {
  return facts.targetGroups.every((group) =>
    group.targets.some((target) => target.instanceId === id && target.state === 'healthy'),
  );
}

function sickness(facts: FleetFacts, id: string): string {
  for (const group of facts.targetGroups) {
    const target = group.targets.find((one) => one.instanceId === id);
    if (!target) return `server ${id} is not registered in target group ${group.name}`;
    if (target.state === 'unused')
      return `server ${id} is unused in target group ${group.name} (${target.reason}): no route refers to it, or its zone is off`;
    if (target.state !== 'healthy')
      return `server ${id} is ${target.state} in target group ${group.name} (${target.reason || 'no reason given'})`;
  }
  return `server ${id} is not healthy`;
}
