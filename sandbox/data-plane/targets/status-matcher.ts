type Matches = (status: number) => boolean;

/** There are few different ones, and each is asked for in every health check. */
const read = new Map<string, Matches>();

/**
 * Reads the matcher of a health check: `200`, `200,202`, `200-299` or a mixture.
 * @throws Error when a part is neither a status nor a range of them
 */
export function statusMatcher(matcher: string): Matches {
  const known = read.get(matcher);
  if (known) return known;
  const matches = readMatcher(matcher);
  read.set(matcher, matches);
  return matches;
}

function readMatcher(matcher: string): Matches {
  const ranges = matcher.split(',').map((part) => {
    const [, from, to] = /^(\d{3})(?:-(\d{3}))?$/.exec(part.trim()) ?? [];
    if (from === undefined) {
      throw new Error(`cannot read the health check matcher "${matcher}": write statuses or ranges, like 200-299,301`);
    }
    return { from: Number(from), to: Number(to ?? from) };
  });
  return (status) => ranges.some(({ from, to }) => from <= status && status <= to);
}
