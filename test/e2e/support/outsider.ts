/** What befalls a group of servers that Fleetshift has not done. */
import { CreateTargetGroupCommand, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { targetGroupsPerForward } from '../../../domain/routes';
import { waitUntil } from '../../support/wait-until';
import type { Stage } from './stage';
import { clients, instancesOf, outsiderOf, resizeGroup } from './view';

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

/** Fills a service's default action with target groups at weight 0, as generations that are not gone yet do. */
export async function crowd(stage: Stage, serviceName: string): Promise<{ makeRoom: () => Promise<void> }> {
  const { elb } = clients(stage);
  const { routes, targetGroupArns } = await outsiderOf(stage).view(serviceName);
  const [ListenerArn = ''] = Object.keys(routes);
  const write = (arns: string[]) => {
    const [live = '', ...others] = arns;
    const TargetGroups = [live, ...others].map((arn) => ({ TargetGroupArn: arn, Weight: arn === live ? 1 : 0 }));
    const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }];
    return elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions }));
  };
  const made: string[] = [];
  for (let index = 1; index < targetGroupsPerForward; index++) {
    const Name = `${serviceName}-earlier-${index}`;
    const answer = await elb.send(
      new CreateTargetGroupCommand({ Name, Protocol: 'HTTP', Port: 8080, VpcId: 'vpc-sandbox' }),
    );
    made.push(answer.TargetGroups?.[0]?.TargetGroupArn ?? '');
  }
  await write([...targetGroupArns, ...made]);
  return { makeRoom: async () => void (await write(targetGroupArns)) };
}
