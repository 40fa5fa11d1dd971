/** What the command line says of answers that take longer than a test should. */
import { cli } from './support';
import { controlDeployment } from '../../clients/temporal/control-deployment';

jest.mock('../../clients/temporal/control-deployment');
jest.mock('../../clients/temporal/connection', () => ({ connect: async () => ({ close: async () => undefined }) }));

const drain = 'drain:web.production.eu-west-1:0f9e';

test('a rollback that is not ruled on yet is not told as taken: exit code 3, and the command that waits for the answer', async () => {
  const message = 'not known whether it is taken';
  jest.mocked(controlDeployment).mockResolvedValue({ kind: 'heard', id: drain, message });
  expect(await cli(['rollback', drain, '--key', 'k'])).toEqual({
    exitCode: 3,
    out:
      `rollback heard by ${drain}: ${message}\n` + `wait for the answer with: fleetshift rollback ${drain} --key k\n`,
    err: '',
  });
  expect(await cli(['rollback', drain, '--json'])).toMatchObject({
    exitCode: 3,
    out: expect.stringContaining('"kind": "heard"') as string,
  });
});
