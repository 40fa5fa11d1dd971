/** All workflows of a worker share one copy of the rules, which the SDK freezes: exports and all that hangs on them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '..', '..', 'domain');
const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** Paths of the zod schemas that can be reached; a frozen one breaks when it is used, because it keeps what it has learnt in itself. */
function schemasIn(value: unknown, path: string, seen = new Set<unknown>()): string[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if ('_zod' in value) return [path];
  return Object.entries(value).flatMap(([name, inner]) => schemasIn(inner, `${path}.${name}`, seen));
}

test.each(modules)('%s exports no schema itself', async (file) => {
  expect(schemasIn(await import(join(folder, file)), file)).toEqual([]);
});

test('a schema among the exports would be seen', async () => {
  const { z } = await import('zod');
  expect(schemasIn({ wrapped: { shape: z.string() } }, 'file')).toEqual(['file.wrapped.shape']);
});
