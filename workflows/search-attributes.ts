/** Search attributes that every deployment carries; the worker refuses to start while one is not registered. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const searchAttributes = {
  service: defineSearchAttributeKey('FleetshiftService', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('FleetshiftPhase', SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey('FleetshiftOutcome', SearchAttributeType.KEYWORD),
  revision: defineSearchAttributeKey('FleetshiftRevision', SearchAttributeType.KEYWORD),
  requestedBy: defineSearchAttributeKey('FleetshiftRequestedBy', SearchAttributeType.KEYWORD),
} as const;
