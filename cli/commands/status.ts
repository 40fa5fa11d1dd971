import { readDeployment } from '../../clients/temporal/read-deployment';
import { columnsOf, wantsColour } from '../io';
import { paint } from '../render/line';
import { screenLines } from '../render/screen';
import { type CommandContext, printJson, withTemporal } from './context';
import { exitCodeOfSeen, follow, jsonOf, unknownDeployment } from './follow';

/** `fleetshift status ID`; answers the exit code, which for one that still runs is 0. */
export async function status(
  context: CommandContext,
  deploymentId: string,
  options: { watch?: boolean; json?: boolean },
): Promise<number> {
  const { io } = context;
  const json = options.json === true;
  return withTemporal(context, async (temporal) => {
    if (options.watch === true) return follow({ context, temporal, deploymentId, json });
    const answer = await readDeployment({ temporal, deploymentId });
    if (answer.kind === 'not-found') throw unknownDeployment(deploymentId);
    if (json) {
      printJson(io, jsonOf(answer));
    } else {
      const columns = columnsOf(io.stdout);
      const colour = wantsColour({ output: io.stdout, env: io.env });
      const lines = screenLines({ seen: answer, nowMs: io.nowMs(), columns });
      io.stdout.write(`${lines.map((line) => paint({ line, columns, colour })).join('\n')}\n`);
    }
    return exitCodeOfSeen(answer);
  });
}
