/** Marks an error among the schemas of an SDK package. */
const errorKind = -3;

/** HTTP status of every error code (and class name) that an SDK package has a schema for. */
export function readErrorStatuses(sdk: object): Map<string, number> {
  const statuses = new Map<string, number>();
  for (const exported of Object.values(sdk) as unknown[]) {
    if (!Array.isArray(exported) || exported[0] !== errorKind) continue;
    const [, , name, traits] = exported as [number, string, string, unknown];
    if (typeof traits !== 'object' || traits === null) continue;
    const { awsQueryError, httpError } = traits as { awsQueryError?: [string, number]; httpError?: number };
    const status = awsQueryError?.[1] ?? httpError ?? 400;
    statuses.set(name, status);
    if (awsQueryError) statuses.set(awsQueryError[0], status);
  }
  return statuses;
}
