import type { NormalizedSchema } from '@smithy/core/schema';

/** Finds the first required member that `value` lacks, as a path such as `ForwardConfig.TargetGroups.1.Key`. */
export function findMissingMember(schema: NormalizedSchema, value: unknown, path: string[] = []): string | undefined {
  if (schema.isListSchema() && Array.isArray(value)) {
    return firstDefined(value, (item, index) =>
      findMissingMember(schema.getValueSchema(), item, [...path, String(index + 1)]),
    );
  }
  if (!schema.isStructSchema() || typeof value !== 'object' || value === null) return undefined;
  const members = value as Record<string, unknown>;
  const requiredCount = numberOfRequiredMembers(schema);
  return firstDefined([...schema.structIterator()], ([name, member], index) => {
    const memberPath = [...path, name];
    if (members[name] !== undefined) return findMissingMember(member, members[name], memberPath);
    return index < requiredCount ? memberPath.join('.') : undefined;
  });
}

/** A structure schema lists its required members first, and how many they are in its seventh place. */
function numberOfRequiredMembers(schema: NormalizedSchema): number {
  const fields: unknown = schema.getSchema();
  const count: unknown = Array.isArray(fields) ? fields[6] : undefined;
  return typeof count === 'number' ? count : 0;
}

function firstDefined<Item, Found>(
  items: Item[],
  find: (item: Item, index: number) => Found | undefined,
): Found | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
