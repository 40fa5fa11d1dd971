import { Child } from '../../dev/processes/child';
import { freePort } from '../../dev/processes/free-port';
import { compiled } from '../../dev/project';
import { waitUntil } from './wait-until';

/** A real worker with this environment; answers when it polls. The program is that of this build unless told. */
export async function startWorkerProcess(
  env: NodeJS.ProcessEnv,
  logPath: string,
  program = compiled('worker/main.js'),
): Promise<Child> {
  const port = await freePort();
  const worker = await Child.start({
    name: 'worker',
    command: process.execPath,
    args: [program],
    env: { ...env, FLEETSHIFT_HEALTH_PORT: String(port) },
    logPath,
  });
  await waitUntil('the worker to poll', async () => {
    if (worker.ending !== undefined) throw new Error(`it ended with ${worker.ending}: ${worker.lastLines(10)}`);
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200;
  });
  return worker;
}
