/** Bodies of requests. They come as bytes: the signature was to be checked before anything was made of them. */
import type { z } from 'zod';
import { type Problem, problemsOf, tellingWhatWasFound } from '../domain/problems';

export type BodyAnswer<Content> = { kind: 'valid'; content: Content } | { kind: 'invalid'; problems: Problem[] };

/**
 * @param example completes "expected JSON such as …"
 * @param emptyMeans what stands for a body without a single byte; such a body is a mistake unless given
 */
export function readBody<Content>(input: {
  body: unknown;
  schema: z.ZodType<Content>;
  example: string;
  emptyMeans?: unknown;
}): BodyAnswer<Content> {
  const { body, schema, example, emptyMeans } = input;
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : '';
  let content: unknown = emptyMeans;
  try {
    if (text !== '' || emptyMeans === undefined) content = JSON.parse(text);
  } catch (error) {
    const found = text === '' ? 'an empty body' : error instanceof Error ? error.message : String(error);
    return { kind: 'invalid', problems: [{ path: '', message: `expected JSON such as ${example}, found ${found}` }] };
  }
  const parsed = schema.safeParse(content, tellingWhatWasFound);
  return parsed.success
    ? { kind: 'valid', content: parsed.data }
    : { kind: 'invalid', problems: problemsOf(parsed.error) };
}
