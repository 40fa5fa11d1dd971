import { type CommandContext, withTemporal } from './context';
import { follow, showOnce } from './follow';

/** `fleetshift status ID`; answers the exit code, which for one that still runs is 0. */
export async function status(
  context: CommandContext,
  id: string,
  options: { watch?: boolean; json?: boolean },
): Promise<number> {
  const look = options.watch === true ? follow : showOnce;
  return withTemporal(context, (temporal) => look({ context, temporal, id, json: options.json === true }));
}
