/** Names and tags of what a deployment creates. All derive from its UUID, so a retry finds what it made before. */

export const deploymentTag = 'fleetshift:deployment';
export const serviceTag = 'fleetshift:service';
/** Of a clone the name of the group that it replaces, of a target group the ARN of the one it stands beside. */
export const replacesTag = 'fleetshift:replaces';
const revisionTag = 'fleetshift:revision';
const sizeTag = 'fleetshift:replaced-size';
const ownTagPrefix = 'fleetshift:';

export interface CreatedNames {
  group: string;
  template: string;
  /** One per target group of the source, in the plan's order. */
  targetGroups: string[];
}

/**
 * Target group names are the tightest: 32 characters, letters, digits and hyphens, none at the edges (ELBv2 API
 * reference). 16 of the service, 12 hexadecimal digits of the UUID and a place fit.
 */
export function createdNames(input: {
  service: string;
  number: number;
  uuid: string;
  targetGroupCount: number;
}): CreatedNames {
  const id = input.uuid.replaceAll('-', '').slice(0, 12);
  return {
    group: `${input.service}-${input.number}-${id}`,
    template: `${input.service}-${input.number}-${id}`,
    targetGroups: Array.from(
      { length: input.targetGroupCount },
      (_, index) => `${targetGroupPrefix(input.service)}${id}-${index + 1}`,
    ),
  };
}

/** How the names of all target groups begin that deployments of a service make. */
export function targetGroupPrefix(service: string): string {
  return `${service.slice(0, 16).replace(/-+$/, '')}-`;
}

/** What made a thing; with these a deployment can be gone on with when Temporal has forgotten it. */
export interface Maker {
  uuid: string;
  serviceKey: string;
  /** For people; counts per service, and part of the names. */
  number: number;
  imageId: string;
}

/** Tags of everything that a deployment creates. */
export function ownTags({ uuid, serviceKey, number, imageId }: Maker): Record<string, string> {
  return { [deploymentTag]: uuid, [serviceTag]: serviceKey, [revisionTag]: `${number} ${imageId}` };
}

/** Who made a thing, read from its tags; null when it is not ours, or its tags say too little. */
export function makerOf(tags: Record<string, string | undefined>): Maker | null {
  const { [deploymentTag]: uuid, [serviceTag]: serviceKey, [revisionTag]: revision = '' } = tags;
  const [, number, imageId] = /^(\d+) (\S+)$/.exec(revision) ?? [];
  if (uuid === undefined || serviceKey === undefined || number === undefined || imageId === undefined) return null;
  return { uuid, serviceKey, number: Number(number), imageId };
}

/** How large the old group was when the deployment began: what a freeze is undone to. */
export interface ReplacedSize {
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  healthyServers: number;
}

/** Tags of the clone alone. */
export function replacedTags({ groupName, ...size }: ReplacedSize & { groupName: string }): Record<string, string> {
  const { minSize, maxSize, desiredCapacity, healthyServers } = size;
  return { [replacesTag]: groupName, [sizeTag]: [minSize, maxSize, desiredCapacity, healthyServers].join('/') };
}

export function replacedSizeOf(tags: Record<string, string | undefined>): ReplacedSize | null {
  const numbers = /^(\d+)\/(\d+)\/(\d+)\/(\d+)$/
    .exec(tags[sizeTag] ?? '')
    ?.slice(1)
    .map(Number);
  if (!numbers) return null;
  const [minSize = 0, maxSize = 0, desiredCapacity = 0, healthyServers = 0] = numbers;
  return { minSize, maxSize, desiredCapacity, healthyServers };
}

/** Tags that a copy may carry: `aws:` ones are reserved, ours say who made the original. */
export function isCopyableTag(key: string): boolean {
  return !key.startsWith('aws:') && !key.startsWith(ownTagPrefix);
}

/** Tool that owns a thing by what its tags say; null when none shows. Terraform has no tag of its own, so the custom ones are looked for. */
export function managingTool(tags: Record<string, string>): 'terraform' | 'cloudformation' | null {
  for (const [key, value] of Object.entries(tags)) {
    if (key.startsWith('aws:cloudformation:')) return 'cloudformation';
    if (/terraform/i.test(key) || /terraform/i.test(value)) return 'terraform';
  }
  return null;
}
