/** Getting the Temporal server and the tool that makes its databases, as production runs them. */
import { ensureBinary, type EnsureOptions } from '../tools/ensure-binary';
import { goInstall } from '../tools/go-install';
import { temporalServerVersion as version } from './versions';

export interface ServerBinaries {
  server: string;
  sqlTool: string;
}

/**
 * Paths of usable binaries: `ensureBinary` says from where. Built one after the other, since the second finds most of its
 * packages compiled then.
 * @throws Error that lists every place tried with its answer, and the remedy
 */
export async function ensureServer(options: EnsureOptions): Promise<ServerBinaries> {
  const server = await ensure('temporal-server', 'go.temporal.io/server/cmd/server', options);
  const sqlTool = await ensure('temporal-sql-tool', 'go.temporal.io/server/cmd/tools/sql', options);
  return { server, sqlTool };
}

async function ensure(name: keyof typeof variables, goPackage: string, options: EnsureOptions): Promise<string> {
  const variable = variables[name];
  return await ensureBinary(
    {
      ...{ name, version, variable },
      builders: { 'go install': goInstall({ package: goPackage, version, minutes: 'three' }) },
      remedy: `Install Go 1.25 or newer, or set ${variable} to a binary that you have, and run this again.`,
    },
    options,
  );
}

const variables = {
  'temporal-server': 'FLEETSHIFT_TEMPORAL_SERVER',
  'temporal-sql-tool': 'FLEETSHIFT_TEMPORAL_SQL_TOOL',
} as const;
