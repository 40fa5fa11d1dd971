/** Getting the `temporal` binary, which is command line and development server in one. */
import { ensureBinary, type EnsureOptions } from '../tools/ensure-binary';
import { goInstall } from '../tools/go-install';
import { sdkDownload } from './sdk-download';
import type { BuildSource } from '../tools/source';
import { temporalVersion } from './versions';

export interface EnsureCliOptions extends EnsureOptions {
  /** What may make a binary when none is there; the SDK's download, then `go install`. */
  builders?: Record<string, BuildSource>;
}

export const goInstallCli = goInstall({
  package: 'github.com/temporalio/cli/cmd/temporal',
  version: temporalVersion,
  minutes: 'four',
});

/**
 * Path of a usable `temporal` binary: `ensureBinary` says from where.
 * @throws Error that lists every place tried with its answer, and the remedy
 */
export async function ensureTemporalCli({ builders, ...options }: EnsureCliOptions): Promise<string> {
  return await ensureBinary(
    {
      name: 'temporal',
      version: temporalVersion,
      variable: 'FLEETSHIFT_TEMPORAL_CLI',
      builders: builders ?? { "the SDK's download": sdkDownload, 'go install': goInstallCli },
      remedy:
        'Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.25 or newer, ' +
        'or set FLEETSHIFT_TEMPORAL_CLI to a binary that you have, and run this again.',
    },
    options,
  );
}
