import { types } from 'node:util';
import type { NormalizedSchema } from '@smithy/core/schema';

/** Writes the members of a struct as XML elements, under the names that the schema's traits give. */
export function encodeMembers(schema: NormalizedSchema, value: unknown): string {
  if (!schema.isStructSchema() || !isRecord(value)) return '';
  let xml = '';
  for (const [name, member] of schema.structIterator()) {
    xml += encodeElement(member.getMergedTraits().xmlName ?? name, member, value[name]);
  }
  return xml;
}

function encodeElement(tag: string, schema: NormalizedSchema, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (schema.isListSchema()) return encodeList(tag, schema, value as unknown[]);
  if (schema.isMapSchema()) return encodeMap(tag, schema, value as Record<string, unknown>);
  const content = schema.isStructSchema() ? encodeMembers(schema, value) : escapeXml(scalarText(value));
  return `<${tag}>${content}</${tag}>`;
}

function encodeList(tag: string, schema: NormalizedSchema, items: unknown[]): string {
  const item = schema.getValueSchema();
  if (schema.getMergedTraits().xmlFlattened) return items.map((entry) => encodeElement(tag, item, entry)).join('');
  const itemTag = item.getMergedTraits().xmlName ?? 'member';
  return `<${tag}>${items.map((entry) => encodeElement(itemTag, item, entry)).join('')}</${tag}>`;
}

function encodeMap(tag: string, schema: NormalizedSchema, map: Record<string, unknown>): string {
  const keySchema = schema.getKeySchema();
  const valueSchema = schema.getValueSchema();
  const entries = Object.entries(map).map(
    ([key, value]) =>
      encodeElement(keySchema.getMergedTraits().xmlName ?? 'key', keySchema, key) +
      encodeElement(valueSchema.getMergedTraits().xmlName ?? 'value', valueSchema, value),
  );
  if (schema.getMergedTraits().xmlFlattened) return entries.map((entry) => `<${tag}>${entry}</${tag}>`).join('');
  return `<${tag}>${entries.map((entry) => `<entry>${entry}</entry>`).join('')}</${tag}>`;
}

/** Not by `instanceof`: a copied state may hold dates of another realm. */
function scalarText(value: unknown): string {
  if (types.isDate(value)) return value.toISOString();
  if (types.isUint8Array(value)) return Buffer.from(value).toString('base64');
  return String(value);
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Line ends and tabs become numeric references, since XML readers normalise raw ones. */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\r\n\t]/g,
    (char) => entities[char] ?? `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
