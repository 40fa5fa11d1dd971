import { listDeployments } from '../../clients/temporal/list-deployments';
import { exitCodes } from '../exit-codes';
import { columnsOf, wantsColour } from '../io';
import { paint } from '../render/line';
import { tableLines } from '../render/table';
import { type CommandContext, printJson, withTemporal } from './context';

/** `fleetshift list`; answers the exit code. */
export async function list(
  context: CommandContext,
  options: { service?: string; limit: number; json?: boolean },
): Promise<number> {
  const { io } = context;
  const { service, limit, json } = options;
  const rows = await withTemporal(context, (temporal) =>
    listDeployments({ temporal, limit, ...(service === undefined ? {} : { service }) }),
  );
  if (json === true) {
    printJson(io, { deployments: rows });
  } else {
    const columns = columnsOf(io.stdout);
    const colour = wantsColour({ output: io.stdout, env: io.env });
    // In a pipe nothing is cut: whatever reads it wants the ids whole.
    const width = io.stdout.isTTY === true ? columns : 1_000;
    for (const line of tableLines({ rows, nowMs: io.nowMs() })) {
      io.stdout.write(`${paint({ line, columns: width, colour })}\n`);
    }
  }
  return exitCodes.ok;
}
