import type { CloudState } from '../state/cloud-state';

/** The schema of an operation, as the SDK packages export it (`CreateAutoScalingGroup$`). */
export type OperationSchema = readonly [kind: 9, namespace: string, name: string, ...rest: unknown[]];

/**
 * Input after the check of required members: what the SDK types write as `T | undefined` (required by AWS, but not by
 * the compiler) is really there; optional members stay optional.
 */
export type Validated<T> = T extends Date | Uint8Array
  ? T
  : T extends (infer Item)[]
    ? Validated<Item>[]
    : T extends object
      ? { [Key in keyof T]: object extends Pick<T, Key> ? Validated<T[Key]> : Validated<Exclude<T[Key], undefined>> }
      : T;

/** One call that the sandbox answers. */
export type Operation =
  | { kind: 'mutation'; schema: OperationSchema; run: (input: never) => unknown }
  | { kind: 'read'; schema: OperationSchema; staleable: boolean; run: (input: never, state: CloudState) => unknown };

/** A call that changes something: goes into the ledger. */
export function mutation<Input>(schema: OperationSchema, run: (input: Validated<Input>) => unknown): Operation {
  return { kind: 'mutation', schema, run };
}

/** A call that reads `state`, which is an older one while a stale read is asked for. */
export function read<Input>(
  schema: OperationSchema,
  run: (input: Validated<Input>, state: CloudState) => unknown,
): Operation {
  return { kind: 'read', schema, staleable: true, run };
}

/** A call that reads what really runs (health, metrics): there is no older state to answer with. */
export function liveRead<Input>(
  schema: OperationSchema,
  run: (input: Validated<Input>, state: CloudState) => unknown,
): Operation {
  return { kind: 'read', schema, staleable: false, run };
}
