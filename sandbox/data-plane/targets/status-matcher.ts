/**
 * Reads the matcher of a health check: `200`, `200,202`, `200-299` or a mixture.
 * @throws Error when a part is neither a status nor a range of them
 */
export function statusMatcher(matcher: string): (status: number) => boolean {
  const ranges = matcher.split(',').map((part) => {
    const [, from, to] = /^(\d{3})(?:-(\d{3}))?$/.exec(part.trim()) ?? [];
    if (from === undefined) {
      throw new Error(`cannot read the health check matcher "${matcher}": write statuses or ranges, like 200-299,301`);
    }
    return { from: Number(from), to: Number(to ?? from) };
  });
  return (status) => ranges.some(({ from, to }) => from <= status && status <= to);
}
