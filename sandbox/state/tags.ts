import type { TagPair } from './cloud-state';

interface MaybeTag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** A tag without a value has the empty one. */
export function tagPairs(tags: readonly MaybeTag[] | undefined): TagPair[] {
  return (tags ?? []).flatMap((tag) => (tag.Key === undefined ? [] : [{ Key: tag.Key, Value: tag.Value ?? '' }]));
}

/** `existing` with `added`, where a key that was there gets the new value. */
export function mergeTags<T extends MaybeTag>(existing: readonly T[], added: readonly T[]): T[] {
  const addedKeys = new Set(added.map((tag) => tag.Key));
  return [...existing.filter((tag) => !addedKeys.has(tag.Key)), ...added];
}
