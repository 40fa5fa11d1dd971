/** What is asked about a deployment that Temporal has lost. */
import { z } from 'zod';

/** Go on to the end that was wanted, or put everything back. */
export const recoveryWays = ['finish', 'back'] as const;
export type RecoveryWay = (typeof recoveryWays)[number];

/** UUID and number are in the tags of what it made. */
export const recoveryOrder = z.strictObject({
  uuid: z.uuid(),
  number: z.number().int().min(1),
  way: z.enum(recoveryWays),
});
export type RecoveryOrder = z.output<typeof recoveryOrder>;
