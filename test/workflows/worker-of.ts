/** A worker with the product's workflows and activities of the test's own. */
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Temporal } from '../../clients/temporal/connection';
import { compiled } from '../../dev/project';

export async function startWorkerOf(
  activities: NonNullable<WorkerOptions['activities']>,
  { temporal, taskQueue }: { temporal: Temporal; taskQueue: string },
): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect(temporal.settings.connectionOptions);
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: compiled('workflow-bundle.js') },
    dataConverter: { payloadConverterPath: compiled('workflows/payload-converter.js') },
    activities,
  });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
