/** What is asked about a deployment that Temporal has lost. */
import { z } from 'zod';

/** Go on to the end that was wanted, or put everything back. */
export const recoveryWays = ['finish', 'back'] as const;
export type RecoveryWay = (typeof recoveryWays)[number];

/** UUID and number are in the tags of what it made. */
const shape = z.strictObject({
  uuid: z.uuid(),
  number: z.number().int().min(1),
  way: z.enum(recoveryWays),
});
export type RecoveryOrder = z.output<typeof shape>;

/** A schema must not be exported itself: what workflows share is frozen, and zod writes into a schema. */
export function recoveryOrder() {
  return shape;
}
