import type { Executions } from '../../domain/executions';

/** A Temporal in which nothing has ever run. */
export const noExecutions: Executions = {
  describe: async () => null,
  deploymentsOf: async () => [],
  startService: async () => undefined,
  deployPrevious: async () => ({ kind: 'refused', text: 'nothing is deployed here' }),
};
