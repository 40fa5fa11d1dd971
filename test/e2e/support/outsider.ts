/** What befalls a group of servers that Fleetshift has not done. */
import { waitUntil } from '../../support/wait-until';
import type { Stage } from './stage';
import { instancesOf, outsiderOf, resizeGroup } from './view';

/** Answers when the other servers are gone. */
export async function shrink(stage: Stage, groupName: string, servers: number): Promise<void> {
  await resizeGroup(stage, groupName, { MinSize: 0, DesiredCapacity: servers });
  await waitUntil(`${groupName} to be shrunk`, () => instancesOf(stage, groupName), {
    until: (ids) => ids.length === servers,
  });
}

/** All at once, and it is not the balancer that tells them to stop. */
export async function crashAll(stage: Stage, groupName: string): Promise<void> {
  for (const id of await instancesOf(stage, groupName)) await stage.sandbox.admin.crashInstance(id);
}

/** With its servers. Answers when it is gone. */
export async function deleteGroup(stage: Stage, groupName: string): Promise<void> {
  await outsiderOf(stage).deleteGroup(groupName);
  await waitUntil(`${groupName} to be gone`, () => instancesOf(stage, groupName), { until: (ids) => ids.length === 0 });
}
