/** Compiles a pattern of a listener rule: `*` is any run of characters, `?` exactly one; all else is literal. */
export function wildcard(pattern: string, flags: { ignoreCase: boolean }): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags.ignoreCase ? 'is' : 's');
}
