/** Who holds what, as Temporal tells it; above all when a write of somebody who was cut off may still be on its way. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { createLeaseActivities, type ReadLeasesInput } from '../../activities/leases';
import type { ActivityDeps } from '../../activities/deps';
import type { ExecutionFacts } from '../../domain/executions';
import { createAwsSessions } from '../../clients/aws/sessions';
import type { LeaseFacts } from '../../domain/leases';
import { noExecutions } from '../support/no-executions';

const writerSeconds = 30;
const closedAtMs = 1_000_000;

function execution(facts: Partial<ExecutionFacts>): ExecutionFacts {
  return { status: 'completed', closedAtMs, memo: { owner: 'deploy:a' }, phase: null, ...facts };
}

async function quietAtMs(lease: ExecutionFacts, owner: ExecutionFacts | null): Promise<number | undefined> {
  const deps: ActivityDeps = {
    aws: createAwsSessions(),
    temporal: { ...noExecutions, describe: async (id) => (id === 'deploy:a' ? owner : lease) },
    timeouts: { heartbeatSeconds: 5, writerSeconds },
  };
  const { readLeases } = createLeaseActivities(deps);
  const environment = new MockActivityEnvironment();
  const [facts] = await environment.run<[ReadLeasesInput], LeaseFacts[], typeof readLeases>(readLeases, {
    arns: ['arn:rule'],
  });
  expect(facts).toMatchObject({ holder: null });
  return facts?.quietAtMs;
}

const quiet = closedAtMs + writerSeconds * 1000;

test('a thing that its holder let go is free at once', async () => {
  expect(await quietAtMs(execution({}), execution({ status: 'running', closedAtMs: null }))).toBe(0);
  expect(await quietAtMs(execution({}), execution({}))).toBe(0);
  expect(await quietAtMs(execution({}), null)).toBe(0);
});

test('one that somebody else let go for a holder that was cut off is quiet only when that could not write any more', async () => {
  expect(await quietAtMs(execution({ closedAtMs: closedAtMs + 5 }), execution({ status: 'terminated' }))).toBe(quiet);
});

test('one whose lease was cut is quiet as long after that', async () => {
  expect(await quietAtMs(execution({ status: 'terminated' }), null)).toBe(quiet);
});
