/** Copying a target group. A test holds these lists against the fields that the SDK knows. */
import { isCopyableTag } from './names';

export const copiedTargetGroupFields = [
  'Protocol',
  'ProtocolVersion',
  'Port',
  'VpcId',
  'TargetType',
  'IpAddressType',
  'TargetControlPort',
  'HealthCheckProtocol',
  'HealthCheckPort',
  'HealthCheckEnabled',
  'HealthCheckPath',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher',
] as const;

/** Facts about the original, which the copy has of its own. */
export const describeOnlyTargetGroupFields = ['TargetGroupArn', 'TargetGroupName', 'LoadBalancerArns'] as const;

type Copied<Source> = Pick<Source, Extract<keyof Source, (typeof copiedTargetGroupFields)[number]>>;

/** Input of CreateTargetGroup; attributes are set afterwards. */
export function targetGroupCopy<Source extends object>(input: {
  source: Source;
  sourceTags: Record<string, string>;
  name: string;
  tags: Record<string, string>;
}): Copied<Source> & { Name: string; Tags: { Key: string; Value: string }[] } {
  const kept = Object.entries(input.sourceTags).filter(([key]) => isCopyableTag(key));
  const tags = Object.fromEntries([...kept, ...Object.entries(input.tags)]);
  const fields = Object.entries(input.source).filter(
    ([field, value]) => value !== undefined && (copiedTargetGroupFields as readonly string[]).includes(field),
  );
  return {
    ...(Object.fromEntries(fields) as Copied<Source>),
    Name: input.name,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
