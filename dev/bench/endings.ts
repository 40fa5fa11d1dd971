/** Whether everything ended as it should have, by what Temporal says and by what is there in the cloud. */
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import type { VirtualTraffic } from '../../sandbox/data-plane/types';
import { sandboxCredentials } from '../stack/settings';
import type { EndedDeployment } from './live';
import { region, serversEach } from './services';
import type { BenchStage } from './stage';

/** Servers in service of the group that was there before, and of all others, by service. */
export type Servers = Map<string, { old: number; others: number }>;

/** One sentence for each thing that is not as it should be; empty when all is well. */
export async function wrongEndings(stage: BenchStage, deployments: readonly EndedDeployment[]): Promise<string[]> {
  const [servers, traffic] = [await readServers(stage.sandboxUrl), await stage.sandbox.virtualTraffic()];
  return deployments.flatMap((one) =>
    wrongAbout(one, servers, trafficSince(stage.trafficAtStart[one.service], traffic[one.service])),
  );
}

/** Before the first servers were healthy nobody could have answered. */
function trafficSince(before: VirtualTraffic | undefined, now: VirtualTraffic | undefined): VirtualTraffic {
  const since = (name: keyof VirtualTraffic) => (now?.[name] ?? 0) - (before?.[name] ?? 0);
  return { requests: since('requests'), failedByTargets: since('failedByTargets'), unanswered: since('unanswered') };
}

export function wrongAbout(
  { service, wish, ended, drain }: EndedDeployment,
  servers: Servers,
  traffic: VirtualTraffic,
): string[] {
  const outcome = ended.kind === 'ended' ? ended.result.outcome : ended.kind;
  const repairs = ended.kind === 'ended' ? ended.result.repairs : [];
  const expected = wish === 'promote' ? 'succeeded' : 'aborted';
  const found = servers.get(service) ?? { old: 0, others: 0 };
  const wanted = wish === 'promote' ? { old: 0, others: serversEach } : { old: serversEach, others: 0 };
  const failed = traffic.unanswered + traffic.failedByTargets;
  const checks: [boolean, string][] = [
    [outcome === expected, `was to be ${expected} and is ${outcome}`],
    [repairs.length === 0, `left to repair: ${repairs.join('; ')}`],
    [
      wish === 'abort' || drain?.ending === 'scaled-to-zero',
      `its old fleet ended ${drain?.ending ?? 'without a drain'}`,
    ],
    [
      found.old === wanted.old && found.others === wanted.others,
      `has ${found.old} old and ${found.others} other servers, wanted ${wanted.old} and ${wanted.others}`,
    ],
    [traffic.requests > 0, 'had no traffic'],
    [failed === 0, `${failed} of its requests failed`],
  ];
  return checks.filter(([holds]) => !holds).map(([, sentence]) => `${service}: ${sentence}`);
}

async function readServers(endpoint: string): Promise<Servers> {
  const client = new AutoScalingClient({ endpoint, region, credentials: sandboxCredentials });
  const servers: Servers = new Map();
  for await (const page of paginateDescribeAutoScalingGroups({ client }, {})) {
    for (const group of page.AutoScalingGroups ?? []) {
      const service = group.Tags?.find(({ Key }) => Key === 'service')?.Value ?? '';
      const counts = servers.get(service) ?? { old: 0, others: 0 };
      counts[group.AutoScalingGroupName === `${service}-v1` ? 'old' : 'others'] += group.Instances?.length ?? 0;
      servers.set(service, counts);
    }
  }
  client.destroy();
  return servers;
}
