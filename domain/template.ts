/** The clone's own launch template, copied from the source's pinned version with the new image. */
import { isCopyableTag } from './names';

interface TagSpecification {
  ResourceType?: string | undefined;
  Tags?: { Key?: string | undefined; Value?: string | undefined }[] | undefined;
}

/**
 * A new version on the source's own template would move `$Latest` under the live fleet, so the clone gets a template
 * of its own. Tags that AWS reserves, or that say who made the original, are left out.
 */
export function templateData<Data extends { TagSpecifications?: TagSpecification[] | undefined }>(
  source: Data,
  imageId: string,
): Data & { ImageId: string } {
  const data = { ...source, ImageId: imageId };
  if (!source.TagSpecifications) return data;
  return {
    ...data,
    TagSpecifications: source.TagSpecifications.map((one) => ({
      ...one,
      Tags: (one.Tags ?? []).filter((tag) => isCopyableTag(tag.Key ?? '')),
    })).filter((one) => one.Tags.length > 0),
  };
}
