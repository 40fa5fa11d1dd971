/** Hands the server from the set-up to the teardown, which jest may load as two copies of every module. */
import type { TemporalServer } from '../../dev/temporal/start-temporal';

interface Started {
  server: TemporalServer;
  /** Holds its log. */
  directory: string;
}

const holder = globalThis as { fleetshiftTestTemporal?: Started };

export const temporalOfThisRun = {
  get: (): Started | undefined => holder.fleetshiftTestTemporal,
  set: (started: Started): void => {
    holder.fleetshiftTestTemporal = started;
  },
};
