/** A decoded form body: `Tags.member.1.Key=web` becomes `{Tags: {member: {1: {Key: 'web'}}}}`. */
export type QueryTree = Map<string, QueryTree | string>;

export function parseQueryTree(body: string): QueryTree {
  const root: QueryTree = new Map();
  for (const [key, value] of new URLSearchParams(body)) insert(root, key.split('.'), value);
  return root;
}

function insert(root: QueryTree, path: string[], value: string): void {
  let node = root;
  for (const segment of path.slice(0, -1)) {
    const next = node.get(segment);
    if (next instanceof Map) {
      node = next;
    } else {
      const created: QueryTree = new Map();
      node.set(segment, created);
      node = created;
    }
  }
  node.set(path.at(-1) ?? '', value);
}
