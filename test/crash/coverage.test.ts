/** The sweep is only exhaustive while it has every writer and every mutating call. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createActivities } from '../../activities';
import { roleOf } from '../../activities/roles';
import { createAwsSessions } from '../../clients/aws/sessions';
import { noExecutions } from '../support/no-executions';
import { scenarios } from './support/scenarios';
import { timeouts } from './support/test-worker';

const all = [...scenarios.forward, ...scenarios.back, ...scenarios.away];
const activities = Object.entries(createActivities({ aws: createAwsSessions(), temporal: noExecutions, timeouts }));

test('every activity that may write is swept', () => {
  const writers = activities.filter(([, activity]) => roleOf(activity) === 'writer').map(([name]) => name);
  expect([...new Set(all.map((scenario) => scenario.activity))].sort()).toEqual(writers.sort());
});

test('every activity that calls AWS is a writer or a watcher', () => {
  const without = activities.filter(([, activity]) => roleOf(activity) === undefined).map(([name]) => name);
  expect(without).toEqual(['workerTimeouts', 'notify']);
});

test('every mutating call that the clients can make is made in some scenario', () => {
  const folder = join(__dirname, '..', '..', 'clients', 'aws');
  const source = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const commands = [...source.matchAll(/new ([A-Z]\w+)Command\(/g)].map((match) => match[1] ?? '');
  const mutating = [...new Set(commands)].filter((name) => !/^(Describe|Get|List)/.test(name));
  expect([...new Set(all.flatMap((scenario) => scenario.mutations))].sort()).toEqual(mutating.sort());
});
