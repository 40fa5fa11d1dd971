import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { LoadBalancerState } from '../state/balancer-state';
import { hexId, type Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import { pageOf } from '../state/paging';
import { tagPairs } from '../state/tags';
import { findLoadBalancer } from './find';
import { checkResourceName } from './names';

const defaultPageSize = 400;
const maxArns = 20;

export function createLoadBalancer(cloud: Cloud, input: Validated<CreateLoadBalancerInput>): CreateLoadBalancerOutput {
  checkResourceName('Load balancer', input.Name);
  if (input.Type !== undefined && input.Type !== 'application') {
    throw new AwsError('ValidationError', `The sandbox has application load balancers only, not '${input.Type}'`);
  }
  const dimension = `app/${input.Name}/${hexId(16)}`;
  const balancer: LoadBalancerState = {
    arn: cloud.arn('elasticloadbalancing', `loadbalancer/${dimension}`),
    name: input.Name,
    dimension,
    scheme: input.Scheme ?? 'internet-facing',
    subnets: input.Subnets ?? (input.SubnetMappings ?? []).flatMap((mapping) => mapping.SubnetId ?? []),
    securityGroups: input.SecurityGroups ?? [],
    createdAt: new Date(),
    tags: tagPairs(input.Tags),
  };
  const existing = [...cloud.state.loadBalancers.values()].find((candidate) => candidate.name === input.Name);
  if (existing && settingsOf(existing) !== settingsOf(balancer)) {
    const message = `A load balancer with the same name '${input.Name}' exists, but with different settings`;
    throw new AwsError('DuplicateLoadBalancerName', message);
  }
  if (!existing) cloud.state.loadBalancers.set(balancer.arn, balancer);
  return { LoadBalancers: [describeLoadBalancer(cloud, existing ?? balancer)] };
}

export function describeLoadBalancers(
  cloud: Cloud,
  state: CloudState,
  input: Validated<DescribeLoadBalancersInput>,
): DescribeLoadBalancersOutput {
  const balancers = chosenBalancers(state, input);
  const page = pageOf(balancers, input.Marker, input.PageSize ?? defaultPageSize, 'ValidationError');
  return { LoadBalancers: page.items.map((item) => describeLoadBalancer(cloud, item)), NextMarker: page.nextToken };
}

function chosenBalancers(state: CloudState, input: Validated<DescribeLoadBalancersInput>): LoadBalancerState[] {
  const { LoadBalancerArns: arns, Names: names } = input;
  if (arns && arns.length > maxArns) {
    throw new AwsError('ValidationError', `Up to ${maxArns} load balancer ARNs can be specified`);
  }
  if (arns?.length) return arns.map((arn) => findLoadBalancer(state, arn));
  const all = [...state.loadBalancers.values()];
  if (!names?.length) return all;
  return names.map((name) => {
    const found = all.find((balancer) => balancer.name === name);
    if (found) return found;
    throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`);
  });
}

function settingsOf(balancer: LoadBalancerState): string {
  return JSON.stringify([balancer.scheme, balancer.subnets, balancer.securityGroups]);
}

function describeLoadBalancer(cloud: Cloud, balancer: LoadBalancerState): LoadBalancer {
  const zones = cloud.availabilityZones();
  return {
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.name,
    DNSName: '127.0.0.1',
    CanonicalHostedZoneId: 'Z00000000SANDBOX',
    CreatedTime: balancer.createdAt,
    Scheme: balancer.scheme as LoadBalancer['Scheme'],
    VpcId: 'vpc-sandbox',
    State: { Code: 'active' },
    Type: 'application',
    IpAddressType: 'ipv4',
    SecurityGroups: balancer.securityGroups,
    AvailabilityZones: balancer.subnets.map((SubnetId, index) => ({
      SubnetId,
      ZoneName: zones[index % zones.length],
    })),
  };
}
