/** AWS's own clients for somebody who is not Fleetshift, against a sandbox. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { callers } from './ledger/facts';

export type OutsiderClients = ReturnType<typeof outsiderClients>;

export function outsiderClients(endpoint: string, region: string) {
  const credentials = { accessKeyId: callers.outsider, secretAccessKey: callers.outsider };
  const config = { endpoint, region, credentials };
  return {
    autoScaling: new AutoScalingClient(config),
    ec2: new EC2Client(config),
    elb: new ElasticLoadBalancingV2Client(config),
    metrics: new CloudWatchClient(config),
  };
}
