/** Names and tags of what a deployment creates. All derive from its UUID, so a retry finds what it made before. */

export const deploymentTag = 'fleetshift:deployment';
export const serviceTag = 'fleetshift:service';
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
  const short = input.service.slice(0, 16).replace(/-+$/, '');
  return {
    group: `${input.service}-${input.number}-${id}`,
    template: `${input.service}-${input.number}-${id}`,
    targetGroups: Array.from({ length: input.targetGroupCount }, (_, index) => `${short}-${id}-${index + 1}`),
  };
}

export function ownTags(input: { uuid: string; serviceKey: string }): Record<string, string> {
  return { [deploymentTag]: input.uuid, [serviceTag]: input.serviceKey };
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
