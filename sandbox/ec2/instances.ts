import type { DescribeInstancesRequest, DescribeInstancesResult, Instance } from '@aws-sdk/client-ec2';
import { AwsError } from '../aws-error';
import type { Validated } from '../codec/operation';
import type { Cloud } from '../state/cloud';
import type { CloudState } from '../state/cloud-state';
import type { InstanceState } from '../state/compute-state';
import { pageOf } from '../state/paging';
import { matchesFilters, tagFacts } from './filters';

const defaultPageSize = 1000;

export function describeInstances(
  cloud: Cloud,
  state: CloudState,
  input: Validated<DescribeInstancesRequest>,
): DescribeInstancesResult {
  const instances = input.InstanceIds?.length ? instancesById(state, input.InstanceIds) : [...state.instances.values()];
  const matching = instances.filter((instance) => matchesFilters(filterFacts(instance), input.Filters));
  const page = pageOf(matching, input.NextToken, input.MaxResults ?? defaultPageSize);
  return {
    Reservations: page.items.map((instance) => ({
      ReservationId: `r-${instance.id.slice(2)}`,
      OwnerId: cloud.account,
      Instances: [describeInstance(instance, state)],
    })),
    NextToken: page.nextToken,
  };
}

function instancesById(state: CloudState, ids: string[]): InstanceState[] {
  const missing = ids.filter((id) => !state.instances.has(id));
  if (missing.length > 0) {
    const message =
      missing.length === 1
        ? `The instance ID '${missing.join()}' does not exist`
        : `The instance IDs '${missing.join(', ')}' do not exist`;
    throw new AwsError('InvalidInstanceID.NotFound', message);
  }
  return ids.flatMap((id) => state.instances.get(id) ?? []);
}

function filterFacts(instance: InstanceState): Record<string, string | string[] | undefined> {
  return {
    'instance-id': instance.id,
    'image-id': instance.imageId,
    'instance-type': instance.instanceType,
    'instance-state-name': instanceState(instance).Name,
    'private-ip-address': instance.address,
    'availability-zone': instance.availabilityZone,
    ...tagFacts(instance.tags),
  };
}

function describeInstance(instance: InstanceState, state: CloudState): Instance {
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    InstanceType: instance.instanceType as Instance['InstanceType'],
    State: instanceState(instance),
    PrivateIpAddress: instance.address,
    PrivateDnsName: `ip-${instance.address.replaceAll('.', '-')}.ec2.internal`,
    LaunchTime: instance.launchedAt,
    Placement: { AvailabilityZone: instance.availabilityZone, Tenancy: 'default' },
    Architecture: state.images.get(instance.imageId)?.architecture as Instance['Architecture'],
    Tags: instance.tags,
  };
}

function instanceState(instance: InstanceState): NonNullable<Required<Instance>['State']> & { Name: string } {
  if (instance.lifecycle === 'Terminated' || !instance.running) return { Code: 48, Name: 'terminated' };
  if (instance.lifecycle === 'Pending') return { Code: 0, Name: 'pending' };
  return { Code: 16, Name: 'running' };
}
