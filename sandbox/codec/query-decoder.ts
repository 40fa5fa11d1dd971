import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../aws-error';
import type { QueryTree } from './query-tree';

type Node = QueryTree | string | undefined;

/** The two dialects of form-encoded requests: `query` (Auto Scaling, ELB, STS) and `ec2`. */
export type QueryDialect = 'query' | 'ec2';

/** Reads a value of `schema` from the form body of a request. */
export class QueryDecoder {
  constructor(private readonly dialect: QueryDialect) {}

  /** @throws AwsError MalformedInput where a number, flag or date cannot be read. */
  decode(schema: NormalizedSchema, node: Node): unknown {
    if (node === undefined) return undefined;
    if (schema.isStructSchema()) return this.decodeStruct(schema, node);
    if (schema.isListSchema()) return this.decodeList(schema, node);
    if (schema.isMapSchema()) return this.decodeMap(schema, node);
    return typeof node === 'string' ? decodeScalar(schema, node) : undefined;
  }

  private decodeStruct(schema: NormalizedSchema, node: Node): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    if (!(node instanceof Map)) return value;
    for (const [name, member] of schema.structIterator()) {
      const decoded = this.decode(member, node.get(this.memberKey(name, member)));
      if (decoded !== undefined) value[name] = decoded;
    }
    return value;
  }

  private decodeList(schema: NormalizedSchema, node: Node): unknown[] {
    if (!(node instanceof Map)) return [];
    const item = schema.getValueSchema();
    const flat = this.dialect === 'ec2' || Boolean(schema.getMergedTraits().xmlFlattened);
    const items = flat ? node : node.get(item.getMergedTraits().xmlName ?? 'member');
    return inOrder(items).map((entry) => this.decode(item, entry));
  }

  private decodeMap(schema: NormalizedSchema, node: Node): Record<string, unknown> {
    if (!(node instanceof Map)) return {};
    const flat = Boolean(schema.getMergedTraits().xmlFlattened);
    const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
    const valueName = schema.getValueSchema().getMergedTraits().xmlName ?? 'value';
    const entries = inOrder(flat ? node : node.get('entry')).flatMap((entry) => {
      const key = entry instanceof Map ? entry.get(keyName) : undefined;
      if (!(entry instanceof Map) || typeof key !== 'string') return [];
      return [[key, this.decode(schema.getValueSchema(), entry.get(valueName))] as const];
    });
    return Object.fromEntries(entries);
  }

  private memberKey(name: string, member: NormalizedSchema): string {
    const traits = member.getMergedTraits();
    if (this.dialect === 'query') return traits.xmlName ?? name;
    if (typeof traits.ec2QueryName === 'string') return traits.ec2QueryName;
    const key = traits.xmlName ?? name;
    return key.charAt(0).toUpperCase() + key.slice(1);
  }
}

/** List entries stand under the numbers 1, 2, …, which arrive as strings and in any order. */
function inOrder(node: Node): Node[] {
  if (!(node instanceof Map)) return [];
  return [...node.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, entry]) => entry);
}

function decodeScalar(schema: NormalizedSchema, text: string): unknown {
  if (schema.isBooleanSchema()) return decodeFlag(text);
  if (schema.isNumericSchema()) return decodeNumber(text);
  if (schema.isTimestampSchema()) return decodeDate(text);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  return text;
}

function decodeFlag(text: string): boolean {
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  throw new AwsError('MalformedInput', `Invalid boolean value '${text}'`);
}

function decodeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new AwsError('MalformedInput', `Invalid number '${text}'`);
  return value;
}

function decodeDate(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) throw new AwsError('MalformedInput', `Invalid timestamp '${text}'`);
  return value;
}
